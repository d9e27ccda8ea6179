import { outageWithin } from '../store/index.js';
import type { VerbContext } from './define.js';

/** A shorter rest is not worth another wait. */
const LEAST_MILLISECONDS = 1_000;

/**
 * Until when a wait for people goes on that began at `since` and whose time is over: Slack was away for part of it, and
 * what nobody could see or answer does not run out (nor is it decided). `counted` is what was added before, in
 * milliseconds. Null where the time is over indeed.
 */
export async function waitLonger(
  context: VerbContext,
  wait: { since: Date; until: Date; counted: number },
): Promise<{ until: Date; counted: number } | null> {
  const away = await outageWithin(context.store, context.tenant, wait.since, context.clock.now());
  const more = away - wait.counted;
  if (more < LEAST_MILLISECONDS) return null;
  return { until: new Date(wait.until.getTime() + more), counted: away };
}
