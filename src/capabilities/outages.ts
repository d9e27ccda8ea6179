import { oblige } from '../policy/index.js';
import { outageWithin, type StoredRequest } from '../store/index.js';
import type { VerbContext } from './define.js';

/** A shorter rest is not worth another wait. */
const LEAST_MILLISECONDS = 1_000;

/** A wait that goes on: until when, and how many milliseconds of it Slack was away. */
interface Longer {
  until: Date;
  counted: number;
}

/**
 * Until when a wait for people goes on that began at `since` and whose time is over: Slack was away for part of it, and
 * what nobody could see or answer does not run out (nor is it decided). `counted` is what was added before, in
 * milliseconds. Null where the time is over indeed.
 */
export async function waitLonger(
  context: VerbContext,
  wait: { since: Date; until: Date; counted: number },
): Promise<Longer | null> {
  const away = await outageWithin(context.store, context.tenant, wait.since, context.clock.now());
  const more = away - wait.counted;
  if (more < LEAST_MILLISECONDS) return null;
  return { until: new Date(wait.until.getTime() + more), counted: away };
}

/** That a wait for people goes on because nobody could act while Slack was away, as one step. */
export const waitStep = <Name extends string>(
  name: Name,
  request: Pick<StoredRequest, 'id'>,
  { now, until, counted }: Longer & { now: Date },
) => ({
  on: 'wait' as const,
  dueAt: until,
  at: now,
  decision: oblige({
    rule: `${name}.slack_was_away`,
    message: 'Slack was away, so nobody could answer.',
    basis: { request: request.id, milliseconds: counted },
  }),
  event: {
    type: `${name}.waited_longer` as const,
    actor: { process: 'worker' },
    data: { until: until.toISOString(), outageMilliseconds: counted },
  },
});
