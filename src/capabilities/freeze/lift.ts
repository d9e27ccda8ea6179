import { refused } from '../../core/outcome.js';
import type { RequestId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { frozenHandle } from '../principal-facts.js';
import { type Ballot, judgeBallot, voteWrite } from '../votes.js';
import { buildFacts } from './facts.js';
import { ENTRYPOINT, onCurrent, transition } from './stored.js';

/** One person's agreement to give the account its power back; the second one does. Nothing that was ended comes back. */
export function lift(context: VerbContext, id: RequestId, ballot: Ballot) {
  return onCurrent(context, id, async (request) => {
    if (request.state !== 'frozen')
      return refused('already_resolved', `Freeze #${request.number} is already lifted. Nothing changed.`);
    const now = context.clock.now();
    const { details, subject: person, votes } = request;
    const about = { now, actor: ballot.by, person, seal: details.seal };
    const facts = await buildFacts(context, { ...about, action: 'lift', votes });
    const judged = await judgeBallot(context, request, {
      ballot,
      verdict: 'approve',
      now,
      entrypoint: ENTRYPOINT,
      facts,
    });
    if (!judged.ok) return judged.answer;
    const vote = voteWrite(request, ballot, 'approve', null);
    const thaw = context.policy.decide(
      ENTRYPOINT,
      await buildFacts(context, { ...about, action: 'thaw', votes: [...votes, { ...vote, castAt: now }] }),
    );
    const isLifted = isEffect(thaw, 'allow');
    return transition(context, request, {
      on: isLifted ? 'lift' : 'vote',
      details: isLifted ? { ...details, liftedAt: now.toISOString() } : details,
      dueAt: isLifted ? null : request.dueAt,
      at: now,
      decision: isLifted ? thaw : judged.decision,
      input: ballot.input,
      votes: [vote],
      release: isLifted ? [{ handle: frozenHandle(person), holder: request.id }] : [],
      event: {
        type: isLifted ? 'freeze.lifted' : 'freeze.lift_agreed',
        actor: ballot.by,
        data: { seal: details.seal, agreed: votes.length + 1 },
      },
    });
  });
}
