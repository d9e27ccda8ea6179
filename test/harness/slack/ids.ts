import { randomBytes } from 'node:crypto';

let lastMicroseconds = 0;

/** An id as Slack makes them: a prefix and eleven capitals or digits. */
export function slackId(prefix: string): string {
  return (
    prefix +
    BigInt(`0x${randomBytes(9).toString('hex')}`)
      .toString(36)
      .toUpperCase()
      .padStart(11, '0')
      .slice(0, 11)
  );
}

/** A message timestamp, later than any given before. */
export function slackTs(now = Date.now()): string {
  lastMicroseconds = Math.max(lastMicroseconds + 1, now * 1000);
  return `${Math.floor(lastMicroseconds / 1_000_000)}.${String(lastMicroseconds % 1_000_000).padStart(6, '0')}`;
}
