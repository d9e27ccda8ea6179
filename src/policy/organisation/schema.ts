import { z } from 'zod';
import { Person } from './person.js';
import { System } from './system.js';
import { slug, title } from './words.js';

const entitlement = z.string().regex(/^[a-z0-9-]+:[a-z0-9-]+$/, 'write an entitlement as system:scope');
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time of day as HH:MM');
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export const Team = z.strictObject({
  id: slug,
  title,
  department: slug,
  /** Where its people are: what is night there, and when they work. */
  timezone: z.string().refine(isTimezone, 'a time zone looks like Europe/Stockholm').default('UTC'),
  /** When its people are reminded of what waits for them, and what a wait for them is counted in. */
  workingHours: z
    .strictObject({ days: z.array(z.enum(WEEKDAYS)).min(1), from: timeOfDay, to: timeOfDay })
    .refine(({ from, to }) => from < to, 'from comes before to')
    .exactOptional(),
});

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const Role = z.strictObject({
  id: slug,
  title,
  department: slug,
  /** What a holder has standing, as `system:scope`. */
  entitlements: z.array(entitlement).default([]),
});

/** Two things that no one person may have together: scopes as `system:scope`, roles as `role:id`. */
export const Conflict = z.strictObject({
  id: slug,
  title,
  between: z
    .tuple([entitlement, entitlement])
    .refine(([one, other]) => one !== other, 'name two different things'),
});

/** Who there is, what they may ask for and who countersigns it. */
export const Organisation = z.strictObject({
  people: z.array(Person),
  teams: z.array(Team),
  roles: z.array(Role),
  systems: z.array(System),
  conflicts: z.array(Conflict).default([]),
});

export { Person, System };
export type Team = z.infer<typeof Team>;
export type Role = z.infer<typeof Role>;
export type Conflict = z.infer<typeof Conflict>;
export type Organisation = z.infer<typeof Organisation>;
