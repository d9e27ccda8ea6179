import { z } from 'zod';
import { Sha256Hex } from '../../core/canonical.js';
import { Instant } from '../../core/clock.js';
import { PrincipalId, RequestId } from '../../core/tenant.js';
import { StopReason } from '../../store/index.js';
import type { RequestOf } from '../define.js';
import type { FreezeState } from './machine.js';

/** How many of security must agree to lift; policy counts them, this is what people are told. */
export const LIFTS_NEEDED = 2;

/** What a freeze knows; whose account it is stands in the request's `subject`. */
export const Details = z.object({
  because: StopReason,
  /** Null where a process noticed it. */
  by: PrincipalId.nullable(),
  reason: z.string(),
  /** Over whose account this is and why: what those who lift it agree to. */
  seal: Sha256Hex,
  /** Who of security there was to tell. */
  security: z.array(PrincipalId),
  /** Numbers of the requests that this ended. */
  stopped: z.array(z.int()),
  /** What was open and is not ended by this: what is owed, what people judge, and what was ending already. */
  left: z.array(z.object({ number: z.int(), capability: z.string() })),
  /** How many of their standing votes on what had not begun were taken back. */
  voided: z.int(),
  /** What goes on and rests on an approval of theirs: listed for people to look at, never ended by this. */
  resting: z.array(
    z.object({ id: RequestId, number: z.int(), capability: z.string(), subject: PrincipalId }),
  ),
  sweeps: z.int(),
  liftedAt: Instant.nullable(),
});
export type Details = z.infer<typeof Details>;

export type Freeze = RequestOf<FreezeState, Details>;

export const eventTypes = [
  'freeze.frozen',
  'freeze.freeze_refused',
  'freeze.list_refused',
  'freeze.swept',
  'freeze.vote_voided',
  'freeze.vote_refused',
  'freeze.lift_agreed',
  'freeze.lifted',
] as const;
