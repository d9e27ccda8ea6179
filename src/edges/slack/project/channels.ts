import { setTimeout as delay } from 'node:timers/promises';
import type { Surface } from '../../../capabilities/index.js';
import { turns } from '../../../core/turns.js';
import { stamped } from '../stamp.js';
import type { ProjectorDeps } from './deps.js';
import type { Placed } from './placed.js';

export interface Channels {
  of(at: Surface['at']): Promise<string | null>;
  /** One call at a time in a channel, in order, at the pace Slack allows for its kind. */
  paced<T>(channel: string, kind: 'post' | 'update', call: () => Promise<T>): Promise<T>;
  update(known: Placed, surface: Surface): Promise<unknown>;
}

/** chat.postMessage: about one a second a channel, short bursts allowed; chat.update: 50 a minute. */
const PACE = { post: { every: 1_000, burst: 4 }, update: { every: 1_200, burst: 10 } } as const;

export function openChannels(deps: ProjectorDeps): Channels {
  const direct = new Map<string, string>();
  const inTurn = turns();
  const buckets = new Map<string, Bucket>();
  return {
    of: async (at) => {
      if ('channel' in at) return deps.channels[at.channel];
      if ('thread' in at) return at.thread.channel;
      const account = deps.accountOf(at.person);
      if (account === null) return null;
      const known =
        direct.get(account) ?? (await deps.client.conversations.open({ users: account })).channel?.id ?? null;
      if (known !== null) direct.set(account, known);
      return known;
    },
    paced: (channel, kind, call) =>
      inTurn(channel, async () => {
        await spend(buckets, `${kind} ${channel}`, PACE[kind]);
        return call();
      }),
    update: (known, surface) =>
      deps.client.chat.update({
        channel: known.channel,
        ts: known.ts,
        text: surface.text,
        blocks: stamped(surface.name, surface.blocks),
      }),
  };
}

interface Bucket {
  tokens: number;
  at: number;
}

/** A token bucket on the monotonic clock: waiting for Slack has nothing to do with the injected time. */
async function spend(
  buckets: Map<string, Bucket>,
  key: string,
  pace: { every: number; burst: number },
): Promise<void> {
  const now = performance.now();
  const bucket = buckets.get(key) ?? { tokens: pace.burst, at: now };
  bucket.tokens = Math.min(pace.burst, bucket.tokens + (now - bucket.at) / pace.every) - 1;
  bucket.at = now;
  buckets.set(key, bucket);
  if (bucket.tokens < 0) await delay(-bucket.tokens * pace.every);
}
