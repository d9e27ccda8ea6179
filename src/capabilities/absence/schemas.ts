import { z } from 'zod';
import { Sha256Hex } from '../../core/canonical.js';
import { Instant } from '../../core/clock.js';
import { PrincipalId } from '../../core/tenant.js';
import { Absence } from '../absences.js';
import type { RequestOf } from '../define.js';
import { ReasonText } from '../reason.js';
import type { AbsenceState } from './machine.js';

/** Longer than any holiday; who is away for longer gives the role back. */
const MAXIMUM_MINUTES = 60 * 1_440;

/** What an approver says, from the form. */
export const AwayInput = z.object({
  minutes: z.int().min(1).max(MAXIMUM_MINUTES),
  delegate: PrincipalId.nullable(),
  note: ReasonText.max(500, 'Keep the note under 500 characters.'),
});
export type AwayInput = z.infer<typeof AwayInput>;

export const Details = Absence.extend({
  /** What the delegate should know, in the words of whoever is away; may be empty. */
  note: z.string(),
  /** Which absence a button was drawn for: nothing is voted on, so there are no terms to seal. */
  seal: Sha256Hex,
  endedAt: Instant.nullable(),
});
export type Details = z.infer<typeof Details>;

export type AwayRequest = RequestOf<AbsenceState, Details>;

export const eventTypes = [
  'absence.begun',
  'absence.refused',
  'absence.ended',
  'absence.end_refused',
] as const;
