import { z } from 'zod';
import type { Log } from '../log.js';
import type { Alerter } from './alert.js';
import type { LogContext } from './anchors.js';
import { type Loop, startLoop } from './loop.js';

const EVERY_MILLISECONDS = 10_000;
const STALLED_MILLISECONDS = 60_000;

const Oldest = z.tuple([z.object({ oldest: z.string().nullable() })]);

/**
 * Looks whether the sequencer takes what is ledgered: one that halted, or is gone, cannot say so itself, and nothing is
 * granted meanwhile. Alerts once for each event that holds all others up.
 */
export function watchLedger(options: {
  context: LogContext;
  alert: Alerter;
  log: Log;
  everyMilliseconds?: number;
}): Loop {
  const { context, alert, log, everyMilliseconds = EVERY_MILLISECONDS } = options;
  const { store, tenant, clock } = context;
  let waiting: { id: string; since: Date; isTold: boolean } | null = null;
  return startLoop({
    name: 'ledger',
    idle: everyMilliseconds,
    log,
    round: async () => {
      const { rows } = await store.pool.query(
        'SELECT min(id)::text AS oldest FROM ledger.ledger_inbox WHERE tenant = $1',
        [tenant],
      );
      const [{ oldest }] = Oldest.parse(rows);
      if (oldest === null || oldest !== waiting?.id)
        waiting = oldest === null ? null : { id: oldest, since: clock.now(), isTold: false };
      if (waiting === null || waiting.isTold) return false;
      if (clock.now().getTime() - waiting.since.getTime() < STALLED_MILLISECONDS) return false;
      await alert({
        kind: 'alert',
        alert: 'ledger.stalled',
        occasion: waiting.id,
        text: 'The ledger has taken no event for a minute, so nothing is granted or shown. See whether the sequencer runs, and what its log says of ledger_halted (docs/operations.md).',
        requestId: null,
      });
      waiting = { ...waiting, isTold: true };
      return false;
    },
  });
}
