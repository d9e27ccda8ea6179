import type { Elevation } from './schemas.js';

/** When an approval is carried out: at the scheduled start, or at once where there is none ahead of `approvedAt`. */
export function beginsAt({ details }: Pick<Elevation, 'details'>, approvedAt: Date): Date {
  const scheduled = details.startAt === null ? 0 : Date.parse(details.startAt);
  return new Date(Math.max(scheduled, approvedAt.getTime()));
}
