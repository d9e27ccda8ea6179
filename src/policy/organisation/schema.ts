import { z } from 'zod';
import { PrincipalId } from '../../core/tenant.js';

const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and hyphens (at most 63)');
const title = z.string().trim().min(1).max(75);
const minutes = z.number().int().min(1).max(43_200);

const account = {
  id: PrincipalId,
  name: title,
  /** False: known, and without any power. */
  active: z.boolean().default(true),
  identities: z.strictObject({
    /** Several where one person has an id in each workspace of an Enterprise Grid. */
    slack: z
      .array(z.string().regex(/^[UW][A-Z0-9]{2,20}$/, 'a Slack user id looks like U01ALICE'))
      .exactOptional(),
    email: z.email('write the email address of one mailbox'),
  }),
  teams: z.array(slug).default([]),
  roles: z.array(slug).default([]),
};

const Employee = z.strictObject({ ...account, kind: z.literal('person') });

const Contractor = z.strictObject({
  ...account,
  kind: z.literal('contractor'),
  /** What their access is tied to; it ends with the last second of `endsAt` in UTC. */
  statementOfWork: z.strictObject(
    {
      id: z.string('give the statement of work its id').trim().min(1),
      endsAt: z.iso.date('write endsAt as YYYY-MM-DD'),
    },
    'a contractor needs statementOfWork with id and endsAt',
  ),
});

const Service = z.strictObject({
  ...account,
  kind: z.literal('service'),
  owner: z.string('a service needs owner, the team that answers for it'),
  workload: z.string('a service needs workload, the one job it does').trim().min(1),
  rotation: z.strictObject(
    { everyDays: z.number('say everyDays, how often its key is rotated').int().min(1).max(365) },
    'a service needs rotation with everyDays',
  ),
});

export const Person = z.discriminatedUnion('kind', [Employee, Contractor, Service], {
  error: 'kind is one of person, contractor, service',
});

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

const Scope = z.strictObject({
  id: slug,
  title,
  /** Cannot be undone: two approvers at the least. */
  destructive: z.boolean().default(false),
  /** In the connector's own words, e.g. `SELECT ON TABLE shop.orders`; kept sorted. */
  privileges: z
    .array(z.string().trim().min(1).max(200))
    .min(1)
    .refine((list) => new Set(list).size === list.length, 'a privilege is named twice')
    .transform((list) => list.toSorted()),
  maximumMinutes: minutes.exactOptional(),
  /** The database of a postgres system that the privileges are in. */
  database: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'a database name has lower-case letters, digits and underscores')
    .exactOptional(),
});

export const System = z
  .strictObject({
    id: slug,
    title,
    /** Names the connector. */
    kind: slug,
    department: slug,
    ownerTeam: slug,
    approverRoles: z.array(slug).min(1, 'name at least one role that approves'),
    requiredApprovals: z.number().int().min(1).max(5).default(1),
    maximumMinutes: minutes,
    defaultMinutes: minutes.default(60),
    requesterRoles: z.array(slug).min(1, 'name at least one role that may ask'),
    /** The Slack channel that shows its requests too. */
    channel: z
      .string()
      .regex(/^[CG][A-Z0-9]{2,20}$/, 'a Slack channel id looks like C01REQUESTS')
      .exactOptional(),
    scopes: z.array(Scope).min(1, 'a system offers at least one scope'),
  })
  .refine((system) => system.defaultMinutes <= system.maximumMinutes, {
    path: ['defaultMinutes'],
    message: 'defaultMinutes is above maximumMinutes',
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
export type System = z.infer<typeof System>;
export type Organisation = z.infer<typeof Organisation>;
