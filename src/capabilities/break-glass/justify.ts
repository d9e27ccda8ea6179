import { refused } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { findSecret } from '../../intake/index.js';
import { type Decision, isEffect } from '../../policy/index.js';
import { itIsOver } from '../alarms.js';
import type { VerbContext } from '../define.js';
import { ReasonText } from '../reason.js';
import { refuseAct } from '../refusals.js';
import { wakeParent } from './close.js';
import { judgeAct } from './judge-act.js';
import { machine } from './machine.js';
import type { Justification } from './schemas.js';
import { alreadyResolved } from './settled.js';
import { asJustification, onCurrent, transition } from './stored.js';

const SHORTEST = 20;

/** The user's own words. The first ends the clock; each later one is an amendment beside it. Late stays late in the ledger. */
export async function justify(
  context: VerbContext,
  id: RequestId,
  ask: { by: PrincipalId; input: string; text: string },
) {
  const parsed = ReasonText.safeParse(ask.text);
  if (!parsed.success)
    return refused('break-glass.text', parsed.error.issues[0]?.message ?? 'Write it anew.');
  if ([...parsed.data].length < SHORTEST)
    return refused(
      'break-glass.text',
      `Say in at least ${SHORTEST} characters why it was needed and what you did.`,
    );
  if (findSecret(parsed.data) !== null)
    return refused(
      'break-glass.text',
      'This seems to hold a secret. Take it out, and rotate it if it is real.',
    );
  return onCurrent(context, id, async (glass) => {
    const request = asJustification(glass);
    if (machine.next(request.state, 'give') === null) return alreadyResolved(request);
    const now = context.clock.now();
    const decision = await judgeAct(context, request, { action: 'justify', now, actor: ask.by });
    if (!isEffect(decision, 'allow'))
      return refuseAct(context, request, { ...ask, what: 'justification', now, decision });
    return give(context, request, { ...ask, text: parsed.data, now, decision });
  });
}

async function give(
  context: VerbContext,
  request: Justification,
  ask: { by: PrincipalId; input: string; text: string; now: Date; decision: Decision<'allow'> },
) {
  const { now, text } = ask;
  const { details } = request;
  const isFirst = details.texts.length === 0;
  const isLate = isFirst && details.deadline !== null && now.getTime() > Date.parse(details.deadline);
  return transition(context, request, {
    on: 'give',
    details: {
      ...details,
      overdueAt: isLate ? (details.overdueAt ?? details.deadline) : details.overdueAt,
      texts: [...details.texts, { at: now.toISOString(), text }],
    },
    dueAt: null,
    at: now,
    decision: ask.decision,
    input: ask.input,
    event: {
      type: 'break-glass.justified',
      actor: ask.by,
      personal: { justification: { subject: ask.by, text } },
      data: { amendment: !isFirst, late: isLate, deadline: details.deadline },
    },
    also: isFirst ? await wakeParent(context, request, now) : [],
    effects: itIsOver(
      { requestId: request.id, alert: 'break-glass.justification_overdue' },
      request.state === 'justification_overdue' ? 1 : 0,
    ),
  });
}
