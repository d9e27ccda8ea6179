import type { KnownBlock } from '@slack/types';
import { message, section } from '../blocks/index.js';
import type { PrincipalId } from '../core/tenant.js';
import type { ChannelName, Surface } from './define.js';

/** A sentence in the thread of a request's card. */
export const inThread = (name: string, text: string, channel: ChannelName = 'requests'): Surface => ({
  name: `thread:${name}`,
  at: { channel },
  under: 'card',
  ...message(text, [section(text)]),
});

/** A sentence to one person, and what they can do about it. */
export const toPerson = (
  name: string,
  person: PrincipalId,
  text: string,
  controls: readonly KnownBlock[] = [],
): Surface => ({
  name: `dm:${name}`,
  at: { person },
  ...message(text, [section(text), ...controls]),
});
