import { z } from 'zod';
import { refused } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { findSecret } from '../../intake/index.js';
import { isEffect } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { ReasonText } from '../reason.js';
import { refuseAct } from '../refusals.js';
import type { Ballot } from '../votes.js';
import type { Deciding } from './deciding.js';
import { judgeAct } from './judge-act.js';
import { alreadyResolved } from './settled.js';
import { onCurrent, transition } from './stored.js';
import { judgeVote } from './vote.js';

/** A dialogue longer than this belongs in a conversation. */
const MOST_QUESTIONS = 10;

const Words = z.object({
  text: ReasonText.min(1, 'Write something.').max(900, 'Keep it under 900 characters.'),
});

/** An approver asks the requester something. It pauses nothing: the time to answer runs on, and so may the votes. */
export async function askMore(context: VerbContext, id: RequestId, ballot: Ballot & { text: string }) {
  const words = checked(ballot.text);
  if (!words.ok) return words;
  return onCurrent(context, id, async (request) => {
    const judged = await judgeVote(context, request, ballot, 'ask_more');
    if (!judged.ok) return judged.answer;
    const { deciding } = request.details;
    if (deciding.questions.length >= MOST_QUESTIONS)
      return refused(
        'elevation.many_questions',
        'Enough was asked here. Talk to the requester, then decide.',
      );
    const { by, input } = ballot;
    const { now, decision } = judged;
    const asked = { by, at: now.toISOString(), text: words.text, answer: null };
    return transition(context, request, {
      on: 'ask_more',
      details: {
        ...request.details,
        deciding: { ...deciding, questions: [...deciding.questions, asked] },
      },
      dueAt: request.dueAt,
      at: now,
      decision,
      input,
      event: {
        type: 'elevation.more_asked',
        actor: by,
        personal: { question: { subject: by, text: words.text } },
        data: { question: deciding.questions.length },
      },
    });
  });
}

/** The requester, or whom it is for, answers; once a question. The answer stands with the request. */
export async function answer(
  context: VerbContext,
  id: RequestId,
  ask: { by: PrincipalId; input: string; question: number; text: string },
) {
  const words = checked(ask.text);
  if (!words.ok) return words;
  return onCurrent(context, id, async (request) => {
    const { deciding } = request.details;
    const now = context.clock.now();
    const decision = await judgeAct(context, request, { action: 'answer', now, actor: ask.by });
    if (!isEffect(decision, 'allow'))
      return refuseAct(context, request, { ...ask, what: 'answer', now, decision });
    const asked = deciding.questions[ask.question];
    if (request.state !== 'pending' || asked === undefined) return alreadyResolved(request);
    if (asked.answer !== null)
      return refused('elevation.answered_already', 'That question was answered already.');
    return transition(context, request, {
      on: 'answer',
      details: {
        ...request.details,
        deciding: {
          ...deciding,
          questions: answered(deciding, ask.question, {
            by: ask.by,
            at: now.toISOString(),
            text: words.text,
          }),
        },
      },
      dueAt: request.dueAt,
      at: now,
      decision,
      input: ask.input,
      event: {
        type: 'elevation.answered',
        actor: ask.by,
        personal: { answer: { subject: ask.by, text: words.text } },
        data: { question: ask.question },
      },
    });
  });
}

const answered = (
  { questions }: Deciding,
  index: number,
  reply: NonNullable<Deciding['questions'][number]['answer']>,
): Deciding['questions'] =>
  questions.map((question, at) => (at === index ? { ...question, answer: reply } : question));

/** What people will read of each other: of bounded length, without control characters, without a secret (rule 15). */
function checked(text: string) {
  const parsed = Words.safeParse({ text });
  if (!parsed.success)
    return refused('text_refused', parsed.error.issues[0]?.message ?? 'That cannot be sent.');
  const secret = findSecret(parsed.data.text);
  return secret === null
    ? { ok: true as const, text: parsed.data.text }
    : refused('text_holds_secret', `That seems to hold a secret (${secret}). Take it out.`);
}
