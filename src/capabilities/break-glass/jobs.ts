import type { Step } from '../define.js';
import { checkOut } from './check-out.js';
import { close } from './close.js';
import { expire } from './end.js';
import { reviewDue } from './look.js';
import type { GlassState } from './machine.js';
import { remindOrEscalate } from './remind.js';
import type { Details } from './schemas.js';
import { sendRotation } from './send-rotation.js';

const nothing: Step<GlassState, Details> = async () => ({ ok: true, value: null });

/** What a state does when its time has come. The wake-up is a hint; these re-read and compare-and-set. */
export const due: Readonly<Partial<Record<GlassState, Step<GlassState, Details>>>> = {
  alerting: checkOut,
  opening: checkOut,
  open: expire,
  ending: sendRotation,
  rotation_unproven: sendRotation,
  rotated: close,
  // These wait for a person, and are armed by nothing but what that person does.
  justification_waiting: nothing,
  justification_overdue: nothing,
  justification_stood_in: nothing,
  justification_given: nothing,
  justification_due: remindOrEscalate,
  review_open: reviewDue,
  review_overdue: reviewDue,
};
