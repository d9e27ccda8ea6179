import { ErrorCode, type WebClient } from '@slack/web-api';
import type { VerbContext } from '../../capabilities/index.js';
import { beginOutage, endOutage } from '../../store/index.js';
import type { Log } from '../log.js';
import { type Loop, startLoop } from './loop.js';

const EVERY_MILLISECONDS = 5_000;
/** One lost call is no outage. */
const MISSES = 2;

/**
 * Asks Slack all the time whether it is there, and notes from when to when it was not: nobody could see or answer a
 * request meanwhile, so that time counts against no request (capabilities/outages.ts).
 */
export function watchSlack(options: { context: VerbContext; client: WebClient; log: Log }): Loop {
  const { context, client, log } = options;
  const { store, tenant, clock } = context;
  let missed: Date[] = [];
  return startLoop({
    name: 'slack',
    idle: EVERY_MILLISECONDS,
    log,
    round: async () => {
      const at = clock.now();
      if (await answers(client)) {
        if (missed.length >= MISSES) log.info('slack answers again');
        missed = [];
        await endOutage(store, tenant, at);
        return false;
      }
      missed.push(at);
      if (missed.length === MISSES) log.warn('slack does not answer');
      const [since] = missed;
      if (missed.length >= MISSES && since !== undefined) await beginOutage(store, tenant, since);
      return false;
    },
  });
}

/** A refusal is an answer: Slack is there, whatever it thinks of the token. */
async function answers(client: WebClient): Promise<boolean> {
  try {
    await client.auth.test();
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === ErrorCode.PlatformError;
  }
}
