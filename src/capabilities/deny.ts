import type { Outcome } from '../core/outcome.js';
import type { RequestId } from '../core/tenant.js';
import type { Decision } from '../policy/index.js';
import type { Committed, StoredRequest } from '../store/index.js';
import type { Answered } from './button.js';
import type { VerbContext } from './define.js';
import { readReason } from './reason.js';
import type { OnCurrent } from './stored.js';
import { type Ballot, voteWrite } from './votes.js';

type No = Ballot & { reason: string };
type Answer = Extract<Answered, { ok: false }>;
type Judged = { ok: true; now: Date; decision: Decision<'allow'> } | { ok: false; answer: Answer };

/**
 * The verb of one person's no: the reason is read before anything else, the vote judged on the request as it is now, and
 * `write` is given the denial to write.
 */
export const denyBy =
  <Request extends Pick<StoredRequest, 'id' | 'votes'>>(how: {
    onCurrent: OnCurrent<Request>;
    judgeVote: (context: VerbContext, request: Request, ballot: Ballot, verdict: 'deny') => Promise<Judged>;
    write: (context: VerbContext, request: Request, denial: Denial) => Promise<Outcome<Committed>>;
  }) =>
  async (context: VerbContext, id: RequestId, ballot: No) => {
    const reason = readReason(ballot.reason);
    if (!reason.ok) return reason;
    return how.onCurrent<Answer | Outcome<Committed>>(context, id, async (request) => {
      const judged = await how.judgeVote(context, request, ballot, 'deny');
      if (!judged.ok) return judged.answer;
      return how.write(context, request, denialOf(request, { ...ballot, reason: reason.value }, judged));
    });
  };

type Denial = ReturnType<typeof denialOf>;

/** A no as one step, whatever is asked: final at once, with the reason the requester will read (rule 4). */
const denialOf = (
  request: Pick<StoredRequest, 'id' | 'votes'>,
  ballot: No,
  { now, decision }: { now: Date; decision: Decision<'allow'> },
) => ({
  decided: { by: ballot.by, at: now.toISOString(), reason: ballot.reason },
  step: {
    on: 'deny' as const,
    dueAt: null,
    at: now,
    decision,
    input: ballot.input,
    votes: [voteWrite(request, ballot, 'deny', ballot.reason)],
    voidVotes: request.votes.filter((vote) => vote.principal === ballot.by).map((vote) => vote.id),
  },
  event: {
    actor: ballot.by,
    personal: { reason: { subject: ballot.by, text: ballot.reason } },
    data: { verdict: 'deny', seal: ballot.seal },
  },
});
