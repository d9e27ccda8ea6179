import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { type Decision, isEffect } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { wakeParent } from './close.js';
import { judgeAct } from './judge-act.js';
import { machine } from './machine.js';
import { refuseAct } from './refuse-act.js';
import { noLongerOverdue } from './remind.js';
import type { Justification, JustificationDetails } from './schemas.js';
import { alreadyResolved } from './settled.js';
import { asJustification, onCurrent, transition } from './stored.js';
import { readWords } from './written.js';

/** `receivedAt`: when our server had it, which is what counts, however long it then took to be written. */
interface Ask {
  by: PrincipalId;
  input: string;
  text: string;
  receivedAt: Date;
}

/** The user's own words. The first ends the clock; each later one is an amendment beside it. Late stays late in the ledger. */
export async function justify(context: VerbContext, id: RequestId, ask: Ask) {
  const read = readWords(ask.text);
  if (!read.ok) return read;
  return onCurrent(context, id, async (glass) => {
    const request = asJustification(glass);
    if (machine.next(request.state, 'give') === null) return alreadyResolved(request);
    const now = context.clock.now();
    const decision = await judgeAct(context, request, { action: 'justify', now, actor: ask.by });
    if (!isEffect(decision, 'allow'))
      return refuseAct(context, request, { ...ask, what: 'justification', now, decision });
    return give(context, request, { ...ask, text: read.value, now, decision });
  });
}

async function give(
  context: VerbContext,
  request: Justification,
  ask: Ask & { now: Date; decision: Decision<'allow'> },
) {
  const { now, text, receivedAt } = ask;
  const { details } = request;
  const isFirst = details.texts.length === 0;
  const overdueAt = isFirst ? latenessOf(details, ask) : details.overdueAt;
  return transition(context, request, {
    on: 'give',
    details: {
      ...details,
      overdueAt,
      texts: [...details.texts, { at: receivedAt.toISOString(), text }],
    },
    dueAt: null,
    at: now,
    decision: ask.decision,
    input: ask.input,
    event: {
      type: 'break-glass.justified',
      actor: ask.by,
      personal: { justification: { subject: ask.by, text } },
      data: {
        amendment: !isFirst,
        late: isFirst && overdueAt !== null,
        deadline: details.deadline,
        receivedAt: receivedAt.toISOString(),
      },
    },
    also: isFirst ? await wakeParent(context, request, now) : [],
    effects: noLongerOverdue(request),
  });
}

/**
 * Since when it is late; null where it came in time, though it was called late while it was being written. A clock set back
 * since then makes nothing come in time.
 */
function latenessOf({ deadline, overdueAt }: JustificationDetails, { now, receivedAt }: Ask & { now: Date }) {
  if (deadline === null) return overdueAt;
  const ends = Date.parse(deadline);
  const isInTime = receivedAt.getTime() < ends && (overdueAt === null || now.getTime() >= ends);
  return isInTime ? null : (overdueAt ?? deadline);
}
