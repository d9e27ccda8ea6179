import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { Repository } from '../core/change.js';
import { CountersignError } from '../core/errors.js';
import { Name } from '../packet/index.js';

const votes = z.int().min(0).max(20);
const longestMinutes = z.int().min(1).max(525_600);

const ScopeLimits = z.strictObject({
  /** The most this scope may ever carry, in the connector's words. */
  privileges: z.array(z.string().min(1)).min(1),
  longestMinutes: longestMinutes.exactOptional(),
  votes: votes.exactOptional(),
  /** Granted only to deploy a sealed commit of this repository. */
  repository: Repository.exactOptional(),
  /** Whether votes on a window, cast before anybody asked, carry a grant. */
  windows: z.boolean().default(false),
});

const SystemLimits = z.strictObject({
  votes,
  longestMinutes,
  grantsPerHour: z.int().min(0),
  /** What PUBLIC may do at this target and the administrator accepts that every grantee may too. */
  acceptedPublicExcess: z.array(z.string()).default([]),
  /** Standing logins whose password may be rotated. */
  rotatableAccounts: z.array(z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/)).default([]),
  /** Break-glass accounts of this target, how long one may be out, and whether they may be superusers. */
  breakGlass: z
    .strictObject({
      accounts: z.array(z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/)).min(1),
      longestMinutes: z.int().min(1).max(1_440),
      superuser: z.boolean().default(false),
    })
    .exactOptional(),
  scopes: z.record(Name, ScopeLimits),
});
export type SystemLimits = z.infer<typeof SystemLimits>;

/** The limits file: kept by the target's administrator, obeyed whatever the packets say (rule 6). */
export const Limits = z.strictObject({ v: z.literal(1), systems: z.record(Name, SystemLimits) });
export type Limits = z.infer<typeof Limits>;

/** Read for each grant, so that an administrator's change counts at once. Throws `limits_unreadable`. */
export function readLimits(file: string): Limits {
  try {
    return Limits.parse(parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new CountersignError('limits_unreadable', 'The limits file cannot be used.', {
      cause,
      detail: file,
    });
  }
}
