import type { Json } from '../../core/canonical.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { isNight } from '../../core/working-hours.js';
import type { VerbContext } from '../define.js';
import { list } from './stored.js';

const HOUR_MILLISECONDS = 3_600_000;
/** More than policy tells apart. */
const TAKE = 200;
const WAS_GRANTED = ['active', 'ending', 'revoke_unproven', 'ended'] as const;

/**
 * What makes a request risky, as of the moment these terms were asked for and of their start: a vote at noon makes no
 * night of it, nor a second request of the first one a habit.
 */
export async function readRisk(
  context: VerbContext,
  ask: {
    requester: PrincipalId;
    subject: PrincipalId;
    system: string;
    askedAt: Date;
    /** When it shall begin; null: once approved. */
    startAt: string | null;
    /** The request itself, once there is one. */
    self: RequestId | null;
  },
): Promise<Json> {
  const { requester, subject, askedAt, startAt, self } = ask;
  const moments = [askedAt, ...(startAt === null ? [] : [new Date(startAt)])];
  const timezone = timezoneOf(context, requester);
  const [granted, asked] = await Promise.all([
    list(context, { subject, states: WAS_GRANTED, take: TAKE }),
    list(context, { requester, take: TAKE }),
  ]);
  const since = askedAt.getTime() - HOUR_MILLISECONDS;
  const earlier = asked.filter(
    ({ id, createdAt }) => id !== self && createdAt <= askedAt && createdAt.getTime() > since,
  );
  return {
    night: moments.some((moment) => isNight(moment, timezone)),
    first_time: !granted.some(
      ({ id, createdAt, details }) =>
        id !== self &&
        createdAt <= askedAt &&
        details.system === ask.system &&
        details.grant?.grantedAt != null,
    ),
    asked_in_hour: earlier.length + 1,
  };
}

/** Where somebody works: with the first of their teams. */
function timezoneOf({ policy }: VerbContext, id: PrincipalId): string {
  const { people, teams } = policy.organisation;
  const [team] = people.find((person) => person.id === id)?.teams ?? [];
  return teams.find((candidate) => candidate.id === team)?.timezone ?? 'UTC';
}
