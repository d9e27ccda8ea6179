import { z } from 'zod';
import { Sha256Hex } from '../../core/canonical.js';
import { Instant } from '../../core/clock.js';
import { PrincipalId, RequestId } from '../../core/tenant.js';
import type { RequestOf } from '../define.js';
import type { RecallState } from './machine.js';

/** Lines in the thread at most about what is still unjudged. */
export const REMINDERS = 3;

export const Verdict = z.enum(['accepted', 'flagged']);
export type Verdict = z.infer<typeof Verdict>;

/** One thing the account did, and what another of security says of it. */
const Item = z.object({
  id: RequestId,
  number: z.int(),
  capability: z.string(),
  requester: PrincipalId,
  subject: PrincipalId,
  part: z.enum(['asked', 'approved']),
  at: Instant,
  /** Whether it was open at the recall, and whether that ended it: what is owed stays open. */
  fate: z.enum(['over', 'stopped', 'left_open']),
  judged: z.object({ as: Verdict, by: PrincipalId, at: Instant }).nullable(),
});
export type Item = z.infer<typeof Item>;

/** What a recall knows; whose doings it goes through stands in the request's `subject`, who called for it in `requester`. */
export const Details = z.object({
  since: Instant,
  seal: Sha256Hex,
  /** Who of security there was to review. */
  security: z.array(PrincipalId),
  items: z.array(Item),
  reminders: z.int(),
  reviewedAt: Instant.nullable(),
});
export type Details = z.infer<typeof Details>;

export type Recall = RequestOf<RecallState, Details>;

export const eventTypes = [
  'recall.called',
  'recall.call_refused',
  'recall.see_refused',
  'recall.judged',
  'recall.judge_refused',
  'recall.reminded',
  'recall.reviewed',
] as const;
