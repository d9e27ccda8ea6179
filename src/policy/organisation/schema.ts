import { z } from 'zod';
import { PrincipalId } from '../../core/tenant.js';

/** Ids of teams, roles, systems and scopes: `orders-db`, `platform-approver`. */
export const Slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and hyphens (at most 63)');
const title = z.string().trim().min(1).max(75);
const minutes = z.number().int().min(1).max(43_200);
const day = z.iso.date();

const identities = z.strictObject({
  /** Slack user ids; one person may have several (an Enterprise Grid has one a workspace). */
  slack: z
    .array(z.string().regex(/^[UW][A-Z0-9]{2,20}$/, 'a Slack user id looks like U01ALICE'))
    .exactOptional(),
  email: z.email(),
});

export const Person = z.strictObject({
  id: PrincipalId,
  name: title,
  kind: z.enum(['person', 'contractor', 'service']),
  active: z.boolean(),
  identities,
  teams: z.array(Slug),
  roles: z.array(Slug),
  /** Contractors: the statement of work their access is tied to; it ends with the last second of `endsAt` (UTC). */
  statementOfWork: z.strictObject({ id: z.string().trim().min(1), endsAt: day }).exactOptional(),
  /** Services: the owning team, the one workload it runs, and how often its key is rotated. */
  owner: Slug.exactOptional(),
  workload: z.string().trim().min(1).exactOptional(),
  rotation: z.strictObject({ everyDays: z.number().int().min(1).max(365) }).exactOptional(),
});

export const Team = z.strictObject({ id: Slug, title, department: Slug });

export const Role = z.strictObject({
  id: Slug,
  title,
  department: Slug,
  /** `<system>:<scope>` a holder has standing, apart from what is asked for. */
  entitlements: z.array(z.string().regex(/^[a-z0-9-]+:[a-z0-9-]+$/, 'write an entitlement as system:scope')),
});

export const Scope = z.strictObject({
  id: Slug,
  title,
  destructive: z.boolean(),
  /** In the connector's own words, e.g. `SELECT ON TABLE shop.orders`. */
  privileges: z.array(z.string().min(1).max(200)).min(1),
  maximumMinutes: minutes.exactOptional(),
  database: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/)
    .exactOptional(),
});

export const System = z.strictObject({
  id: Slug,
  title,
  /** Names the connector. */
  kind: Slug,
  department: Slug,
  ownerTeam: Slug,
  approverRoles: z.array(Slug).min(1),
  requiredApprovals: z.number().int().min(1).max(5),
  maximumMinutes: minutes,
  defaultMinutes: minutes,
  requesterRoles: z.array(Slug).min(1),
  /** Slack channel id where its requests are shown besides `requests`. */
  channel: z
    .string()
    .regex(/^[CG][A-Z0-9]{2,20}$/)
    .exactOptional(),
  scopes: z.array(Scope).min(1),
});

/** Who there is, what they may ask for and who countersigns it. */
export const Organisation = z.strictObject({
  people: z.array(Person),
  teams: z.array(Team),
  roles: z.array(Role),
  systems: z.array(System),
});

export type Person = z.infer<typeof Person>;
export type Team = z.infer<typeof Team>;
export type Role = z.infer<typeof Role>;
export type Scope = z.infer<typeof Scope>;
export type System = z.infer<typeof System>;
export type Organisation = z.infer<typeof Organisation>;
