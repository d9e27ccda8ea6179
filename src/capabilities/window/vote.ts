import type { VerbContext } from '../define.js';
import { type Ballot, judgeBallot } from '../votes.js';
import { askedOf, buildFacts } from './facts.js';
import type { WindowRequest } from './schemas.js';
import { alreadyResolved } from './settled.js';
import { ENTRYPOINT } from './stored.js';

/** A vote counts while the window waits for it. */
export async function judgeVote(
  context: VerbContext,
  request: WindowRequest,
  ballot: Ballot,
  verdict: 'approve' | 'deny',
) {
  if (request.state !== 'pending') return { ok: false as const, answer: alreadyResolved(request) };
  const now = context.clock.now();
  const about = { now, actor: ballot.by, asked: askedOf(request), request };
  const facts = await buildFacts(context, { action: 'vote', verdict, ...about });
  return judgeBallot(context, request, { ballot, verdict, now, entrypoint: ENTRYPOINT, facts });
}
