import type { HomeView, KnownBlock, ModalView } from '@slack/types';
import { plainText, truncate } from './text.js';

/** A message: `text` states the point and the needed action for screen readers and notifications. */
export type MessageContent = { text: string; blocks: KnownBlock[] };

export function message(text: string, blocks: KnownBlock[]): MessageContent {
  return { text: truncate(text, 4000), blocks };
}

export type ModalWords = {
  callbackId: string;
  title: string;
  blocks: KnownBlock[];
  submit?: string;
  close?: string;
  /** Comes back with the submission; readable by the person's client, so no secrets. At most 3,000 characters. */
  privateMetadata?: string;
  externalId?: string;
  notifyOnClose?: boolean;
};

/** Throws `RangeError` when `privateMetadata` exceeds Slack's limit: cut metadata would name something else. */
export function modal(words: ModalWords): ModalView {
  if ((words.privateMetadata?.length ?? 0) > 3000)
    throw new RangeError('private_metadata holds at most 3000.');
  return {
    type: 'modal',
    callback_id: words.callbackId,
    title: plainText(words.title, 24),
    blocks: words.blocks,
    ...(words.submit && { submit: plainText(words.submit, 24) }),
    ...(words.close && { close: plainText(words.close, 24) }),
    ...(words.privateMetadata !== undefined && { private_metadata: words.privateMetadata }),
    ...(words.externalId && { external_id: words.externalId }),
    ...(words.notifyOnClose && { notify_on_close: true }),
  };
}

export function homeView(callbackId: string, blocks: KnownBlock[]): HomeView {
  return { type: 'home', callback_id: callbackId, blocks };
}
