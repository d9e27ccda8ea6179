import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { namesOf } from '../names.js';
import { judgeAct } from './judge-act.js';
import { machine } from './machine.js';
import { refuseAct } from './refuse-act.js';
import { alreadyResolved } from './settled.js';
import { asJustification, onCurrent, transition } from './stored.js';
import { alertEffect } from './words.js';
import { readWords } from './written.js';

/**
 * What is known of a use whose user is gone and never justified it, in the words of somebody who watches. It changes nothing
 * until a second of them confirms it; writing anew replaces what nobody confirmed.
 */
export async function standIn(
  context: VerbContext,
  id: RequestId,
  ask: { by: PrincipalId; input: string; text: string },
) {
  const read = readWords(ask.text);
  if (!read.ok) return read;
  return onCurrent(context, id, async (glass) => {
    const request = asJustification(glass);
    if (machine.next(request.state, 'stand_in') === null) return alreadyResolved(request);
    const now = context.clock.now();
    const decision = await judgeAct(context, request, { action: 'stand_in', now, actor: ask.by });
    if (!isEffect(decision, 'allow'))
      return refuseAct(context, request, { ...ask, what: 'justification', now, decision });
    const { details, number, requester } = request;
    const { person } = namesOf(context.policy.organisation);
    return transition(context, request, {
      on: 'stand_in',
      details: {
        ...details,
        standIn: { by: ask.by, at: now.toISOString(), text: read.value, confirmed: null },
      },
      dueAt: null,
      at: now,
      decision,
      input: ask.input,
      event: {
        type: 'break-glass.stand_in_written',
        actor: ask.by,
        personal: { text: { subject: ask.by, text: read.value } },
        data: { replaces: details.standIn !== null, deadline: details.deadline },
      },
      effects: [
        alertEffect(request.id, {
          alert: 'break-glass.stand_in_written',
          sink: 'slack',
          text: `${person(ask.by)} wrote down what is known of the break-glass use on ${details.system} in place of ${person(requester)}, who is gone (#${number}). Somebody else of security or Codex-HPS confirms it, or writes it anew.`,
        }),
      ],
    });
  });
}
