import { addSeconds } from 'date-fns/addSeconds';
import { PACKET_VALIDITY_SECONDS } from '../../packet/index.js';
import type { ReviewDetails } from './schemas.js';

/** An executor that took the packet at its last moment still needs a while at the target. */
const LOOK_SECONDS = PACKET_VALIDITY_SECONDS + 30;

/** Lines that somebody calls undone and nobody has looked at since. */
export const claimedLines = ({ drift }: ReviewDetails): number[] =>
  (drift ?? []).flatMap(({ settled, claim }, index) =>
    settled === null && claim?.found === null ? [index] : [],
  );

/** When an open review has something to do by itself: its escalation, or the look that somebody waits for. */
export function dueOf(details: ReviewDetails): Date {
  const { look, drift, escalateAt } = details;
  const waiting = claimedLines(details).flatMap((index) => drift?.[index]?.claim?.at ?? []);
  const instants =
    look === null ? waiting.map((at) => new Date(at)) : [addSeconds(look.askedAt, LOOK_SECONDS)];
  return new Date(Math.min(Date.parse(escalateAt), ...instants.map((at) => at.getTime())));
}
