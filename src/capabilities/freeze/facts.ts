import type { Json } from '../../core/canonical.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { StoredVote } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { describePrincipals, describeVotes, holdersOf } from '../principal-facts.js';
import { freezesInForce } from './in-force.js';

type Ask = { now: Date; actor: PrincipalId } & (
  | { action: 'list' }
  | { action: 'freeze'; person: PrincipalId | null }
  | { action: 'lift' | 'thaw'; person: PrincipalId; votes: readonly StoredVote[]; seal: string }
);

/**
 * The one place that builds policy input for a freeze. To freeze is to end, so it waits for no answer of Slack's about who
 * acts (rule 2); to lift begins something, so everyone who agrees to it is asked about afresh (rule 4).
 * @throws CountersignError `directory_unreachable`, never for a freeze.
 */
export async function buildFacts(context: VerbContext, ask: Ask): Promise<Json> {
  const { action, now, actor } = ask;
  const isLifting = action === 'lift' || action === 'thaw';
  const voters = isLifting ? [actor, ...ask.votes.map((vote) => vote.principal)] : [];
  const principal = await describePrincipals(context, now, voters);
  const person = action === 'list' ? null : ask.person;
  const frozen = await freezesInForce(context);
  const keepers = holdersOf(context, ['security']);
  return {
    action,
    tenant: context.tenant,
    actor: principal(actor),
    subject: person === null ? null : principal(person),
    frozen: frozen.some((one) => one.subject === person),
    // Who of security could still answer for it, and whether it is an answer to a freeze among them.
    others_left: keepers.filter(
      (id) => id !== actor && id !== person && !frozen.some((one) => one.subject === id),
    ).length,
    froze_security: frozen.some((one) => one.requester === person && keepers.includes(one.subject)),
    votes: isLifting ? describeVotes(ask.votes, ask.seal, principal) : [],
  };
}
