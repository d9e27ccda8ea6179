import { ok } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { readRequestEvents } from '../../ledger/index.js';
import { isEffect } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { refuseAct } from '../refusals.js';
import { judgeAct } from './judge-act.js';
import { onCurrent } from './stored.js';

/** What became of a request, from the ledger's own entries: for its people, its approvers, security and auditors. */
export function story(context: VerbContext, id: RequestId, ask: { by: PrincipalId; input: string }) {
  return onCurrent(context, id, async (request) => {
    const now = context.clock.now();
    const decision = await judgeAct(context, request, { action: 'follow', now, actor: ask.by });
    if (!isEffect(decision, 'allow'))
      return refuseAct(context, request, { ...ask, what: 'follow', now, decision });
    return ok({ request, events: await readRequestEvents(context.store.pool, context.tenant, id) });
  });
}
