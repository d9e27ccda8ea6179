import { refused } from '../../core/outcome.js';
import type { VerbContext } from '../define.js';
import { type Ballot, judgeBallot } from '../votes.js';
import { buildFacts } from './facts.js';
import { machine } from './machine.js';
import type { Erasure } from './schemas.js';
import { ENTRYPOINT } from './stored.js';

/** A yes counts while the erasure waits for it; a no until it has begun. */
export async function judgeVote(
  context: VerbContext,
  request: Erasure,
  ballot: Ballot,
  verdict: 'approve' | 'deny',
) {
  if (machine.next(request.state, verdict) === null)
    return {
      ok: false as const,
      answer: refused('already_resolved', `Erasure #${request.number} is decided. Nothing changed.`),
    };
  const now = context.clock.now();
  const facts = await buildFacts(context, { action: 'vote', now, actor: ballot.by, verdict, request });
  return judgeBallot(context, request, { ballot, verdict, now, entrypoint: ENTRYPOINT, facts });
}
