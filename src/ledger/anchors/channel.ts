import type { VerifierKey } from '../../core/note.js';
import type { Anchor } from './anchor.js';
import { newestOf } from './file.js';

/**
 * A chat channel, for people: anyone who scrolled past it remembers. Weak as evidence, since the bot that posts can edit
 * and delete; what an auditor copied out of it is not.
 */
export function channelAnchor(options: {
  domain: string;
  post: (text: string) => Promise<void>;
  /** Recent texts of the channel, any order; empty where the bot may not read it. */
  history: () => Promise<readonly string[]>;
  keysOf: (origin: string) => Promise<readonly VerifierKey[]>;
}): Anchor {
  return {
    name: 'channel',
    domain: options.domain,
    paceMilliseconds: 60_000,
    async submit({ note, origin, size }) {
      await options.post(`Ledger checkpoint: ${origin} has ${size} entries.\n\`\`\`\n${note}\`\`\``);
      return null;
    },
    async newest(origin) {
      const notes = (await options.history()).map((text) => /```\n([\s\S]*\n)```/.exec(text)?.[1] ?? '');
      return newestOf(notes, { origin, keys: await options.keysOf(origin) });
    },
  };
}
