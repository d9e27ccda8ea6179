import type { Feed } from './feed.js';
import { slackId } from './ids.js';
import type { Json } from './shapes.js';

export type Direction = 'to_bot' | 'from_bot' | 'internal';
export type Journal = {
  add(direction: Direction, kind: string, summary: string, detail?: unknown): void;
  entries(): Json[];
  clear(): void;
};

const KEPT = 1000;

/** What the proxy itself said and heard, in the stand-in's log format: the Inspector and `/_control/log` show both. */
export function createJournal(feed: Feed): Journal {
  let kept: Json[] = [];
  return {
    add(direction, kind, summary, detail) {
      const entry = { id: slackId('L'), time: Date.now(), direction, kind, summary, detail };
      kept = [...kept.slice(1 - KEPT), entry];
      feed.publish({ t: 'log', entry });
    },
    entries: () => kept,
    clear: () => {
      kept = [];
    },
  };
}
