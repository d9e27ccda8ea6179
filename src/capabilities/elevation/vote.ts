import { isEffect } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { refuseAct } from '../refusals.js';
import { type Ballot, judgeBallot } from '../votes.js';
import { buildFacts, type Verdict } from './facts.js';
import { judgeAct } from './judge-act.js';
import type { Elevation } from './schemas.js';
import { alreadyResolved } from './settled.js';
import { ENTRYPOINT } from './stored.js';
import { freshTermsOf, termsOf } from './terms.js';

/** A vote counts while the request waits; a no until what was approved is granted. */
export async function judgeVote(context: VerbContext, request: Elevation, ballot: Ballot, verdict: Verdict) {
  const now = context.clock.now();
  const open = request.state === 'pending' || (verdict === 'deny' && UNTIL_GRANTED.includes(request.state));
  if (!open) return { ok: false as const, answer: await tooLate(context, request, ballot, verdict, now) };
  const terms = verdict === 'approve' ? await freshTermsOf(context, request) : termsOf(request);
  const facts = await buildFacts(context, { action: 'vote', verdict, now, actor: ballot.by, terms, request });
  return judgeBallot(context, request, { ballot, verdict, now, entrypoint: ENTRYPOINT, facts });
}

const UNTIL_GRANTED: readonly Elevation['state'][] = ['approved', 'executing'];

/** Only who may decide here is told what became of it; anybody else is refused, and that is ledgered. */
async function tooLate(
  context: VerbContext,
  request: Elevation,
  { by, input }: Ballot,
  verdict: Verdict,
  now: Date,
) {
  // Only a yes has to wait for its turn, so whoever may ask may decide.
  const decision = await judgeAct(context, request, { action: 'vote', verdict: 'ask_more', now, actor: by });
  return isEffect(decision, 'allow')
    ? alreadyResolved(request)
    : refuseAct(context, request, { what: 'vote', by, input, now, decision, data: { verdict } });
}
