import { addMinutes } from 'date-fns/addMinutes';
import type { PrincipalId } from '../../core/tenant.js';
import { nextWorkingMoment, type WorkingHours } from '../../core/working-hours.js';
import type { Team } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { holdersOf } from '../principal-facts.js';
import { findSystem } from '../systems.js';
import { progressNow } from './deciding.js';
import type { Elevation } from './schemas.js';

/** Minutes from one reminder to the next: doubling, then no more. */
const LADDER_MINUTES = [15, 30, 60, 120, 240] as const;
/** From here on others hear of it too: the owner team, then security. Hearing of it lets nobody decide. */
const OWNER_STEP = 3;
const SECURITY_STEP = 4;

/** When reminder number `step` is due, in the working hours of the team that owns the system; null after the last. */
export function nudgeAfter(
  context: VerbContext,
  ask: { system: string; step: number; now: Date },
): string | null {
  const minutes = LADDER_MINUTES[ask.step];
  if (minutes === undefined) return null;
  const { policy } = context;
  const owner = findSystem(context, ask.system)?.ownerTeam;
  const hours = hoursOf(policy.organisation.teams.find((team) => team.id === owner));
  const at = addMinutes(ask.now, minutes);
  return (hours === null ? at : nextWorkingMoment(at, hours)).toISOString();
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
