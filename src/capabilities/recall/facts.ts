import type { Json } from '../../core/canonical.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { describePrincipals } from '../principal-facts.js';
import type { Item, Recall } from './schemas.js';

type Ask = { now: Date; actor: PrincipalId } & (
  | { action: 'recall'; person: PrincipalId | null }
  | { action: 'see'; recall: Recall }
  | { action: 'accept' | 'flag'; recall: Recall; item: Item }
);

/**
 * The one place that builds policy input for a recall. Who accepts what was suspect is asked about afresh (rule 4); to
 * recall and to flag waits for no answer of Slack's (rule 2).
 * @throws CountersignError `directory_unreachable`, for an acceptance.
 */
export async function buildFacts(context: VerbContext, ask: Ask): Promise<Json> {
  const { action, now, actor } = ask;
  const principal = await describePrincipals(context, now, action === 'accept' ? [actor] : []);
  const person = action === 'recall' ? ask.person : ask.recall.subject;
  return {
    action,
    tenant: context.tenant,
    actor: principal(actor),
    subject: person === null ? null : principal(person),
    caller: action === 'recall' ? null : principal(ask.recall.requester),
    item:
      action === 'accept' || action === 'flag'
        ? { requester: principal(ask.item.requester), subject: principal(ask.item.subject) }
        : null,
  };
}
