import { z } from 'zod';
import { Repository } from '../../core/change.js';
import { minutes, slug, title } from './words.js';

/** What a system is to the business, whatever the technique behind it; rules rest on this, never on `kind`. */
const CATEGORIES = [
  'production-infrastructure',
  'customer-data',
  'deployment-pipeline',
  'secrets-management',
  'billing',
  'ai-model-provider',
  'support-tooling',
  /** Whatever else holds or processes Customer Content. */
  'customer-content',
] as const;

/** Who decides in turn: so many holders of these roles, then the next stage. Three at the most. */
const stages = z
  .array(
    z.strictObject({
      roles: z.array(slug).min(1, 'name at least one role that decides in this stage'),
      needed: z.number().int().min(1).max(5).default(1),
    }),
  )
  .min(1)
  .max(3)
  .exactOptional();

/**
 * The GitHub login that alone says what is deployed. As `github-actions[bot]` a workflow on anybody's branch could say so
 * of its own commit, whose author would then be none.
 */
const DeployedBy = z
  .string()
  .regex(/^[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}(?:\[bot\])?$/, 'a GitHub login, e.g. our-deployer[bot]')
  .refine(
    (login) => login.toLowerCase() !== 'github-actions[bot]',
    'every workflow of every branch writes as github-actions[bot]: give the pipeline a GitHub App of its own',
  );

const Scope = z.strictObject({
  id: slug,
  title,
  /** Cannot be undone: two approvers at the least. */
  destructive: z.boolean().default(false),
  /** In the connector's own words, e.g. `SELECT ON TABLE shop.orders`; kept sorted. An approver reads every one. */
  privileges: z
    .array(z.string().trim().min(1).max(200))
    .min(1)
    .max(100, 'name at most 100 privileges, as many as an approver can be shown; make several scopes of them')
    .refine((list) => new Set(list).size === list.length, 'a privilege is named twice')
    .transform((list) => list.toSorted()),
  maximumMinutes: minutes.exactOptional(),
  /** In place of those of the system. */
  stages,
  /** The database of a postgres system that the privileges are in. */
  database: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'a database name has lower-case letters, digits and underscores')
    .exactOptional(),
  /** Deploys a commit of this repository: the request names it, and its authors since the last deployment do not vote. */
  change: z
    .strictObject({
      repository: Repository,
      environment: z.string().trim().min(1).max(100).default('production'),
      deployedBy: DeployedBy,
    })
    .exactOptional(),
});

/** How bad an incident is, the worst first. */
export const SEVERITIES = ['sev-1', 'sev-2', 'sev-3'] as const;

/** Standing accounts for emergencies: who may use them, on what grounds and for how long. */
const BreakGlass = z.strictObject({
  /** Logins at the target, closed between uses. Two at the least, so that a second responder has one. */
  accounts: z
    .array(z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, 'an account is a login of the target'))
    .min(2, 'name at least two accounts')
    .refine((list) => new Set(list).size === list.length, 'an account is named twice'),
  /** PagerDuty services whose active SEV-1 is a ground for a use. */
  services: z
    .array(z.string().regex(/^[A-Z0-9]{1,20}$/, 'a PagerDuty service id looks like PSHOPDB'))
    .default([]),
  maximumMinutes: z.number().int().min(1).max(1_440).default(60),
  /** Whether somebody's own word is a ground too; it always costs more. */
  selfDeclared: z.enum(['allowed', 'denied']).default('denied'),
  /** For which severities it is one. */
  selfDeclaredSeverities: z
    .array(z.enum(SEVERITIES))
    .min(1, 'name a severity, or say selfDeclared: denied')
    .default(['sev-1']),
  /** True exposes the target's whole host: see docs/break-glass.md. */
  superuser: z.boolean().default(false),
});

/** Lets windows be asked for: accesses countersigned before anybody needs them. Left out, each is approved by itself. */
const Windows = z.strictObject({
  /** How long one may be open; never longer than 30 days. */
  maximumDays: z.number().int().min(1).max(30).default(7),
  maximumUses: z.number().int().min(1).max(100).default(20),
});

/** What is looked at each time, by a person. */
const NO_WINDOWS = ['customer-data', 'customer-content', 'billing', 'deployment-pipeline'];

export const System = z
  .strictObject({
    id: slug,
    title,
    category: z.enum(CATEGORIES, `category is one of ${CATEGORIES.join(', ')}`),
    /** Names the connector. */
    kind: slug,
    department: slug,
    ownerTeam: slug,
    approverRoles: z.array(slug).min(1, 'name at least one role that approves'),
    requiredApprovals: z.number().int().min(1).max(5).default(1),
    /** Where none are named there is one, of the approver roles. */
    stages,
    /** The escalation policy whose first level is asked before other approvers. It makes nobody an approver. */
    onCall: z.string().trim().min(1).max(64).exactOptional(),
    maximumMinutes: minutes,
    defaultMinutes: minutes.default(60),
    requesterRoles: z.array(slug).min(1, 'name at least one role that may ask'),
    /** Whether a request names a ticket, and whether its tracker has to say that it is open. */
    ticket: z.enum(['optional', 'required', 'verified']).default('optional'),
    breakGlass: BreakGlass.exactOptional(),
    windows: Windows.exactOptional(),
    scopes: z.array(Scope).min(1, 'a system offers at least one scope'),
  })
  .refine((system) => system.defaultMinutes <= system.maximumMinutes, {
    path: ['defaultMinutes'],
    message: 'defaultMinutes is above maximumMinutes',
  })
  .refine(({ windows, category }) => windows === undefined || !NO_WINDOWS.includes(category), {
    path: ['windows'],
    message: `windows are never for ${NO_WINDOWS.join(', ')}`,
  })
  .superRefine((system, context) => {
    for (const [index, scope] of system.scopes.entries()) {
      if (system.category === 'deployment-pipeline' && scope.change === undefined)
        context.addIssue({
          code: 'custom',
          path: ['scopes', index],
          message: 'a scope of a deployment pipeline needs change with the repository it deploys',
        });
      if ((scope.maximumMinutes ?? 0) > system.maximumMinutes)
        context.addIssue({
          code: 'custom',
          path: ['scopes', index, 'maximumMinutes'],
          message: "the scope's maximumMinutes is above the system's",
        });
    }
  });
export type System = z.infer<typeof System>;
