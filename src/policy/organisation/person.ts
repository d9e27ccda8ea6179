import { z } from 'zod';
import { PrincipalId } from '../../core/tenant.js';
import { slug, title } from './words.js';

const account = {
  id: PrincipalId,
  name: title,
  /** The principal of the same name who is another person. */
  namesakeOf: slug.exactOptional(),
  /** False: known, and without any power. */
  active: z.boolean().default(true),
  /** A member named like a kind of system is this principal's own account on systems of that kind. */
  identities: z.strictObject({
    /** Several where one person has an id in each workspace of an Enterprise Grid. */
    slack: z
      .array(z.string().regex(/^[UW][A-Z0-9]{2,20}$/, 'a Slack user id looks like U01ALICE'))
      .exactOptional(),
    email: z.email('write the email address of one mailbox'),
    okta: z
      .string()
      .regex(/^[^\s/?#%]{3,100}$/, 'an Okta login looks like alice@example.com')
      .exactOptional(),
    github: z
      .string()
      .regex(/^[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}$/, 'a GitHub login has letters, digits and single hyphens')
      .exactOptional(),
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
  identities: account.identities.extend({
    /** What an app of GitHub commits as; known, it is an author of changes, and it decides on nothing. */
    github: z
      .string()
      .regex(/^[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}(?:\[bot\])?$/, 'a GitHub login, e.g. dependabot[bot]')
      .refine(
        (login) => login.toLowerCase() !== 'github-actions[bot]',
        'every workflow of everybody commits as github-actions[bot], so it hides who wrote something',
      )
      .exactOptional(),
  }),
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
export type Person = z.infer<typeof Person>;
