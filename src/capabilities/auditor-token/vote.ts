import type { VerbContext } from '../define.js';
import { type Ballot, judgeBallot } from '../votes.js';
import { buildFacts } from './facts.js';
import type { TokenRequest } from './schemas.js';
import { alreadyResolved } from './settled.js';
import { ENTRYPOINT } from './stored.js';

/** A vote counts while the request waits. */
export async function judgeVote(
  context: VerbContext,
  request: TokenRequest,
  ballot: Ballot,
  verdict: 'approve' | 'deny',
) {
  if (request.state !== 'pending') return { ok: false as const, answer: alreadyResolved(request) };
  const now = context.clock.now();
  const facts = await buildFacts(context, { action: 'vote', now, actor: ballot.by, request });
  return judgeBallot(context, request, { ballot, verdict, now, entrypoint: ENTRYPOINT, facts });
}
