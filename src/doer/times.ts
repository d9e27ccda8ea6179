import { addSeconds } from 'date-fns/addSeconds';
import type { TargetSession } from '../connectors/connector.js';
import { type Clock, systemClock } from '../core/clock.js';

/** How far the target's clock may be from ours (rule 12): VALID UNTIL is read by that clock. */
const MAX_SKEW_SECONDS = 5;

/** How far the clocks of two doers may be from each other, each by so much from their target's. */
const DOERS_APART_SECONDS = 2 * MAX_SKEW_SECONDS;

/** A moment noted by any doer lies before this, unless a clock was set back since. */
export const latestOfAnyDoer = (clock: Clock): Date => addSeconds(clock.now(), DOERS_APART_SECONDS);

/** Milliseconds the target's clock is off by, where that is too far; else null. */
export async function clockSkewOf(session: TargetSession): Promise<number | null> {
  // The machine's real clock: the injected one may be moved on purpose, the target's is not.
  const skewMs = (await session.readClock()).getTime() - systemClock.now().getTime();
  return Math.abs(skewMs) <= MAX_SKEW_SECONDS * 1000 ? null : Math.round(skewMs);
}

/** A moment of ours as the target's clock has it: a demonstration moves our clock, not the target's. */
export const inTargetTime = (clock: Clock, at: Date): Date =>
  new Date(at.getTime() - (clock.now().getTime() - systemClock.now().getTime()));

/** When what a packet begins now is over: so long from now, and never past its signed end (rule 12). */
export const endOf = (clock: Clock, packet: { durationMinutes: number; endsAtLatest: string }): Date =>
  new Date(
    Math.min(clock.now().getTime() + packet.durationMinutes * 60_000, Date.parse(packet.endsAtLatest)),
  );
