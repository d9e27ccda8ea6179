import { z } from 'zod';
import { Instant } from '../../core/clock.js';
import { PrincipalId } from '../../core/tenant.js';
import type { RequestOf } from '../define.js';
import { ReasonText, TicketText } from '../reason.js';
import { Decided } from '../votes.js';
import { Window } from '../windows.js';
import type { WindowState } from './machine.js';

/** A request nobody answers is over after this long. */
export const PENDING_HOURS = 8;

/** What a person asks for. */
export const AskInput = z.object({
  people: z.array(PrincipalId).min(1, 'Name who may use it.').max(20, 'Name at most 20 people.'),
  system: z.string().min(1).max(64),
  scopes: z.array(z.string().min(1).max(64)).min(1, 'Choose a system and scope.').max(20),
  uses: z.int().min(1).max(100),
  longestMinutes: z.int().min(1).max(525_600),
  /** Null: from now on. */
  startsAt: Instant.nullable(),
  endsAt: Instant,
  reason: ReasonText,
  ticket: TicketText.nullable(),
});
export type AskInput = z.infer<typeof AskInput>;

/** What a stored window knows. What others read of it is in ../windows.ts. */
export const Details = Window.extend({
  reason: z.string(),
  ticket: z.string().nullable(),
  approvalsNeeded: z.int(),
  approvers: z.array(PrincipalId),
  /** Each in turn; their `needed` add up to the approvals needed. */
  stages: z.array(z.object({ needed: z.int().min(1), approvers: z.array(PrincipalId) })).min(1),
  pendingUntil: Instant,
  /** How much of that, in milliseconds, was added because Slack was away. */
  outageMilliseconds: z.int(),
  decided: Decided.nullable(),
  closed: z.object({ by: PrincipalId.nullable(), at: Instant, why: z.string().nullable() }).nullable(),
});
export type Details = z.infer<typeof Details>;

export type WindowRequest = RequestOf<WindowState, Details>;

export const eventTypes = [
  'window.requested',
  'window.request_refused',
  'window.vote_cast',
  'window.vote_refused',
  'window.opened',
  'window.denied',
  'window.waited_longer',
  'window.timed_out',
  'window.used',
  'window.expired',
  'window.closed',
  'window.close_refused',
  'window.stopped',
] as const;
