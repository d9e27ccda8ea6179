import type {
  ActionsBlock,
  ActionsBlockElement,
  ContextBlock,
  DividerBlock,
  HeaderBlock,
  SectionBlock,
  SectionBlockAccessory,
} from '@slack/types';
import { mrkdwn, plainText } from './text.js';

export function header(text: string): HeaderBlock {
  return { type: 'header', text: plainText(text, 150) };
}

/** A paragraph of mrkdwn; values inside went through `inlineValue` or `quotedValue`. */
export function section(text: string, accessory?: SectionBlockAccessory): SectionBlock {
  return { type: 'section', text: mrkdwn(text), ...(accessory && { accessory }) };
}

/** The same, which no client folds away behind a "See more". */
export function openSection(text: string): SectionBlock {
  return { ...section(text), expand: true };
}

/** At most ten label–value pairs, two columns on a wide screen. Each value is cut by itself. */
export function fields(pairs: readonly (readonly [label: string, value: string])[]): SectionBlock {
  if (pairs.length > 10) throw new RangeError('A section holds at most ten fields.');
  return {
    type: 'section',
    fields: pairs.map(([label, value]) => mrkdwn(`*${label}*\n${value || '–'}`, 2000)),
  };
}

/** Small print: at most ten texts. */
export function context(...texts: readonly string[]): ContextBlock {
  if (texts.length > 10) throw new RangeError('A context holds at most ten texts.');
  return { type: 'context', elements: texts.map((text) => mrkdwn(text, 2000)) };
}

export function divider(): DividerBlock {
  return { type: 'divider' };
}

/** Buttons and selects. Give a new `blockId` with each version of a message: clicks on old versions are then known. */
export function actions(blockId: string, elements: ActionsBlockElement[]): ActionsBlock {
  return { type: 'actions', block_id: blockId, elements };
}
