import { setTimeout as delay } from 'node:timers/promises';
import { attempt } from './attempt.js';
import type { Sender } from './backend.js';

interface Waiting {
  add: (sender: Sender) => Promise<unknown>;
  told: (isTaken: boolean) => void;
}

/** The way of wake-ups to one queue. */
export interface Outgoing {
  /** Whether the queue took it; never rejects, and is false at once while the queue is away. */
  send(add: Waiting['add']): Promise<boolean>;
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** Under way to the queue together; the others stand in line. */
const AT_ONCE = 16;
const LONGEST_LINE = 4_096;
const REST_MILLISECONDS = 500;

/**
 * Sends to a queue that may be away, or take connections and never answer. The first wake-up that it does not take in time
 * empties the line, and nothing is sent any more until a new connection answers. `connect` tries until then.
 */
export function outgoing(connect: () => Promise<Sender | null>, onError: (error: Error) => void): Outgoing {
  const line: Waiting[] = [];
  let underWay = 0;
  let live: Sender | null = null;
  let connecting = reconnect();

  async function reconnect(): Promise<void> {
    live = await connect();
  }

  function next(): void {
    while (live !== null && underWay < AT_ONCE) {
      const waiting = line.shift();
      if (waiting === undefined) return;
      void carry(live, waiting);
    }
  }

  async function carry(sender: Sender, { add, told }: Waiting): Promise<void> {
    underWay += 1;
    const isTaken = await attempt(add(sender), onError);
    underWay -= 1;
    if (!isTaken && live === sender) rest(sender);
    told(isTaken);
    next();
  }

  function rest(sender: Sender): void {
    live = null;
    for (const { told } of line.splice(0)) told(false);
    void attempt(sender.close(), onError);
    connecting = delay(REST_MILLISECONDS, undefined, { ref: false }).then(reconnect);
  }

  return {
    send: (add) =>
      new Promise((told) => {
        if (live === null || line.length >= LONGEST_LINE) {
          told(false);
          return;
        }
        line.push({ add, told });
        next();
      }),
    ready: () => connecting,
    close: async () => {
      await connecting;
      if (live !== null) await attempt(live.close(), onError);
    },
  };
}
