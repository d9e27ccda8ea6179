import { addDays } from 'date-fns/addDays';
import { oblige } from '../../policy/index.js';
import type { Step } from '../define.js';
import type { RecallState } from './machine.js';
import { type Details, REMINDERS } from './schemas.js';
import { transition } from './stored.js';

/** A day with something unjudged is a line in the thread; after the last line the recall is only kept from being forgotten. */
export const remind: Step<RecallState, Details> = (context, request) => {
  const now = context.clock.now();
  const { details } = request;
  const reminders = details.reminders + 1;
  return transition(context, request, {
    on: 'remind',
    details: { ...details, reminders },
    dueAt: addDays(now, reminders < REMINDERS ? 1 : 7),
    at: now,
    decision: oblige({
      rule: 'recall.unjudged',
      message: 'Something recalled is not judged yet.',
      basis: { recall: request.id },
    }),
    event: {
      type: 'recall.reminded',
      actor: { process: 'worker' },
      data: { unjudged: details.items.filter((item) => item.judged === null).length },
    },
  });
};
