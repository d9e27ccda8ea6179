import { z } from 'zod';
import { Person } from './person.js';
import { System } from './system.js';
import { slug, title } from './words.js';

export const Team = z.strictObject({ id: slug, title, department: slug });

export const Role = z.strictObject({
  id: slug,
  title,
  department: slug,
  /** What a holder has standing, as `system:scope`. */
  entitlements: z
    .array(z.string().regex(/^[a-z0-9-]+:[a-z0-9-]+$/, 'write an entitlement as system:scope'))
    .default([]),
});

/** Who there is, what they may ask for and who countersigns it. */
export const Organisation = z.strictObject({
  people: z.array(Person),
  teams: z.array(Team),
  roles: z.array(Role),
  systems: z.array(System),
});

export { Person, System };
export type Team = z.infer<typeof Team>;
export type Role = z.infer<typeof Role>;
export type Organisation = z.infer<typeof Organisation>;
