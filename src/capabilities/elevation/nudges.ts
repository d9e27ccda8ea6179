import { addDays } from 'date-fns/addDays';
import { addMinutes } from 'date-fns/addMinutes';
import type { PrincipalId } from '../../core/tenant.js';
import { addWorkingMinutes, type WorkingHours } from '../../core/working-hours.js';
import type { Team } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { holdersOf } from '../principal-facts.js';
import { findSystem } from '../systems.js';
import { progressNow } from './deciding.js';
import { type Elevation, PENDING_DAYS_AT_MOST, PENDING_MINUTES } from './schemas.js';

/** Minutes from one reminder to the next: doubling, then no more. Together less than PENDING_MINUTES. */
const LADDER_MINUTES = [15, 30, 60, 120, 240] as const;
/** From here on others hear of it too: the owner team, then security. Hearing of it lets nobody decide. */
const OWNER_STEP = 3;
const SECURITY_STEP = 4;

/** When reminder number `step` is due, counted in working hours like the wait itself; null after the last. */
export function nudgeAfter(
  context: VerbContext,
  ask: { system: string; step: number; now: Date },
): string | null {
  const minutes = LADDER_MINUTES[ask.step];
  return minutes === undefined ? null : afterWork(context, { ...ask, minutes }).toISOString();
}

/** Until when a request waits that is asked, or asked anew, `now`. Every step of the ladder lies before it. */
export const pendingUntil = (context: VerbContext, ask: { system: string; now: Date }): string =>
  afterWork(context, { ...ask, minutes: PENDING_MINUTES }).toISOString();

/** So many minutes on in which the team that owns the system works, and in any case within some days. */
function afterWork(
  { policy }: VerbContext,
  { system, minutes, now }: { system: string; minutes: number; now: Date },
): Date {
  const { systems, teams } = policy.organisation;
  const owner = systems.find(({ id }) => id === system)?.ownerTeam;
  const hours = hoursOf(teams.find((team) => team.id === owner));
  const latest = addDays(now, PENDING_DAYS_AT_MOST);
  return hours === null ? addMinutes(now, minutes) : addWorkingMinutes(now, minutes, hours, latest);
}

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

function hoursOf(team: Team | undefined): WorkingHours | null {
  if (team?.workingHours === undefined) return null;
  const { days, from, to } = team.workingHours;
  return {
    timezone: team.timezone,
    days: days.map((day) => WEEK.indexOf(day) + 1),
    from: minuteOf(from),
    to: minuteOf(to),
  };
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Whom reminder number `step` names: those of the stage whose turn it is who have not answered, then others. */
export function nudged(
  context: Pick<VerbContext, 'policy'>,
  request: Elevation,
  step: number,
): PrincipalId[] {
  const { people } = context.policy.organisation;
  const { stages } = request.details.deciding;
  const answered = new Set(request.votes.map((vote) => vote.principal));
  const waiting = (stages[progressNow(request).current ?? 0]?.approvers ?? []).filter(
    (person) => !answered.has(person),
  );
  if (step < OWNER_STEP) return waiting;
  const owner = findSystem(context, request.details.system)?.ownerTeam ?? '';
  const others =
    step < SECURITY_STEP
      ? people.filter((person) => person.teams.includes(owner)).map((person) => person.id)
      : holdersOf(context, ['security']);
  const active = new Set(people.filter((person) => person.active).map((person) => person.id));
  return [...new Set([...waiting, ...others])].filter(
    (person) => active.has(person) && person !== request.requester,
  );
}
