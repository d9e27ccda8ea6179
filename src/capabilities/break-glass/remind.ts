import { oblige } from '../../policy/index.js';
import type { Effect } from '../../store/index.js';
import { itIsOver, tellAnew } from '../alarms.js';
import type { Step } from '../define.js';
import { namesOf } from '../names.js';
import { nextDue } from './justification-clock.js';
import type { GlassState } from './machine.js';
import type { Details, Justification } from './schemas.js';
import { asJustification, transition } from './stored.js';
import { alertEffect } from './words.js';

const OVERDUE = 'break-glass.justification_overdue';

/** A reminder at 12, 20 and 23 hours; at 24 it is overdue, told to everybody, and stays so in the ledger for its life. */
export const remindOrEscalate: Step<GlassState, Details> = (context, glass) => {
  const request = asJustification(glass);
  const now = context.clock.now();
  const names = namesOf(context.policy.organisation);
  const { details } = request;
  const isOverdue = details.deadline !== null && now.getTime() >= Date.parse(details.deadline);
  const next = isOverdue
    ? { ...details, overdueAt: details.deadline }
    : { ...details, reminders: details.reminders + 1 };
  return transition(context, request, {
    on: isOverdue ? 'overdue' : 'remind',
    details: next,
    dueAt: isOverdue ? null : nextDue(next),
    at: now,
    decision: oblige({
      rule: isOverdue ? 'break-glass.justification_overdue' : 'break-glass.reminded',
      message: 'A use of break-glass is justified in writing within 24 hours of the first showing.',
      basis: { request: request.id, deadline: details.deadline },
    }),
    event: {
      type: isOverdue ? 'break-glass.justification_overdue' : 'break-glass.reminded',
      actor: { process: 'worker' },
      data: { deadline: details.deadline, reminders: next.reminders },
    },
    effects: isOverdue
      ? tellAnew(
          alertEffect(request.id, {
            alert: OVERDUE,
            text: `${names.person(request.requester)} has not justified the break-glass use on ${names.system(details.system)} within 24 hours (#${request.number}). They cannot use break-glass again before they do.`,
          }),
          0,
        )
      : [],
  });
};

/** What its next step carries along, so that the pager's incident ends with it. */
export const noLongerOverdue = ({ id: requestId, state }: Justification): Effect[] =>
  itIsOver({ requestId, alert: OVERDUE }, state === 'justification_overdue' ? 1 : 0);
