import type { MiddlewareHandler } from 'hono';
import type { VerbContext } from '../../capabilities/index.js';
import { oblige, refusal } from '../../policy/index.js';
import { commit, refuse } from '../../store/index.js';
import type { Log } from '../log.js';
import { auditorsOnly, auditorTokens } from './auditor.js';
import { tally } from './tally.js';

const MINUTE_MS = 60_000;

/** Auditors of this gatekeeper's tenant: each read is an entry, and so is who was refused, a minute's worth at a time. */
export function ledgeredAuditors(context: VerbContext, log: Log): MiddlewareHandler {
  const { store, tenant, clock } = context;
  const actor = { process: 'app' };
  return auditorsOnly({
    authenticate: auditorTokens({ pool: store.pool, tenant, clock }),
    onRead: async (label, what) => {
      await commit(store, {
        tenant,
        at: clock.now(),
        decision: oblige({
          rule: 'audit.token_holder',
          message: 'Whoever holds an auditor token may read.',
          basis: { label, what },
        }),
        event: { type: 'audit.read', requestId: null, actor, data: { label, what } },
        changes: [],
      });
    },
    onRefused: tally({
      everyMilliseconds: MINUTE_MS,
      // Neither the token nor anything else of the request: who knocks must not write into the ledger.
      write: async (requests) => {
        await refuse(store, {
          tenant,
          at: clock.now(),
          decision: refusal('audit.token_refused', 'An auditor token is needed.'),
          event: { type: 'audit.refused', requestId: null, actor, data: { requests } },
        });
      },
      onError: (error) => log.error({ err: error }, 'refused auditors were not ledgered'),
    }),
  });
}
