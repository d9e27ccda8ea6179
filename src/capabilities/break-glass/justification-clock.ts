import { addHours } from 'date-fns/addHours';
import type { RequestChange } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { machine } from './machine.js';
import type { JustificationDetails, Use } from './schemas.js';
import { asJustification, changeOf, readGlass } from './stored.js';

/** Reminders after the first showing; the deadline is at 24. */
const REMINDER_HOURS = [12, 20, 23];
const DEADLINE_HOURS = 24;

/** The next moment a justification has to say something: a reminder, or its end. */
export function nextDue(details: JustificationDetails): Date | null {
  if (details.deadline === null) return null;
  const deadline = new Date(details.deadline);
  const hour = REMINDER_HOURS[details.reminders];
  return hour === undefined ? deadline : addHours(deadline, hour - DEADLINE_HOURS);
}

/** Sets the deadline of a use's justification; again once it is known when exactly the first showing was. */
export async function startClock(
  context: VerbContext,
  use: Use,
  deadline: Date,
): Promise<readonly RequestChange[]> {
  const child = asJustification(await readGlass(context, use.details.justification));
  if (machine.next(child.state, 'start') === null) return [];
  const details = { ...child.details, deadline: deadline.toISOString() };
  return [changeOf(child, { on: 'start', details, dueAt: nextDue(details) })];
}
