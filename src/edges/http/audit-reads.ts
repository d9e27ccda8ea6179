import type { VerbContext } from '../../capabilities/index.js';
import { type Anchor, logOrigin, readAnchors } from '../../ledger/index.js';
import { oblige } from '../../policy/index.js';
import { commit } from '../../store/index.js';
import { auditRoutes } from './audit.js';
import { auditorTokens } from './auditor.js';

/** The auditor's routes over this gatekeeper's store; each read is an entry before it is answered. */
export function auditorReads(context: VerbContext, anchors: readonly Anchor[]) {
  const { store, tenant, clock } = context;
  return auditRoutes({
    pool: store.pool,
    tenant,
    subjectKeys: store.subjectKeys,
    anchored: () => readAnchors(anchors, logOrigin(tenant)),
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
        event: { type: 'audit.read', requestId: null, actor: { process: 'app' }, data: { label, what } },
        changes: [],
      });
    },
  });
}
