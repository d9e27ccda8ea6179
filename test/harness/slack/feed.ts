import type { Json } from './shapes.js';

/** A frame of the UI's WebSocket protocol: `t` names it. */
export type Frame = Json & { t: string };

export type Feed = { publish(frame: Frame): void; subscribe(listener: (frame: Frame) => void): void };

/** Where every part of the proxy says what changed, and the UI clients, the log and the archive hear it. */
export function createFeed(): Feed {
  const listeners: ((frame: Frame) => void)[] = [];
  return {
    publish: (frame) => {
      for (const listener of listeners) listener(frame);
    },
    subscribe: (listener) => {
      listeners.push(listener);
    },
  };
}
