import { defineMachine } from '../../core/machine.js';

export type GlassState =
  | 'alerting'
  | 'opening'
  | 'open'
  | 'ending'
  | 'rotation_unproven'
  | 'rotated'
  | 'closed'
  | 'failed'
  | 'justification_waiting'
  | 'justification_due'
  | 'justification_overdue'
  | 'justification_stood_in'
  | 'justification_given'
  | 'justification_closed'
  | 'review_open'
  | 'review_overdue'
  | 'review_closed'
  | 'dropped';

export type GlassEvent =
  | 'alert_taken'
  | 'sign'
  | 'open'
  | 'fail'
  | 'show'
  | 'end'
  | 'send_rotation'
  | 'prove'
  | 'fail_to_prove'
  | 'wait'
  | 'close'
  | 'start'
  | 'remind'
  | 'overdue'
  | 'give'
  | 'stand_in'
  | 'confirm'
  | 'edit'
  | 'sign_off'
  | 'drop';

/** Where a use's children begin: they run beside it, and it closes by a guard over them. */
export const childStates = ['justification_waiting', 'review_open'] as const;

/** A justification whose user owes their own words. */
export const OWED = ['justification_due', 'justification_overdue', 'justification_stood_in'] as const;

/** A justification in its user's own words, which they may amend for as long as the ledger keeps it. */
export const GIVEN = ['justification_given', 'justification_closed'] as const;

/**
 * Three tracks of one loop. The use: alerting → opening → open → ending → rotated → closed; whatever was checked out
 * leaves through `ending`, and only a proof ends it. Its children: the justification, whose clock the first showing
 * starts, and the review. `justification_stood_in`: others wrote it in place of a user who is gone, who still owes it.
 * `dropped`: nothing was ever shown, so there is nothing to explain.
 */
export const machine = defineMachine<GlassState, GlassEvent>('alerting', {
  alerting: { alert_taken: 'alerting', wait: 'alerting', sign: 'opening', end: 'ending' },
  opening: {
    alert_taken: 'opening',
    sign: 'opening',
    open: 'open',
    fail: 'failed',
    end: 'ending',
    prove: 'rotated',
  },
  open: {
    alert_taken: 'open',
    show: 'open',
    end: 'ending',
    prove: 'rotated',
    fail_to_prove: 'rotation_unproven',
  },
  ending: { show: 'ending', send_rotation: 'ending', prove: 'rotated', fail_to_prove: 'rotation_unproven' },
  rotation_unproven: {
    show: 'rotation_unproven',
    send_rotation: 'rotation_unproven',
    prove: 'rotated',
    fail_to_prove: 'rotation_unproven',
  },
  rotated: { wait: 'rotated', close: 'closed' },
  closed: {},
  failed: {},
  justification_waiting: { start: 'justification_due', drop: 'dropped' },
  justification_due: {
    start: 'justification_due',
    remind: 'justification_due',
    overdue: 'justification_overdue',
    give: 'justification_given',
  },
  justification_overdue: {
    give: 'justification_given',
    stand_in: 'justification_overdue',
    confirm: 'justification_stood_in',
  },
  justification_stood_in: { give: 'justification_given' },
  justification_given: { give: 'justification_given', close: 'justification_closed' },
  justification_closed: { give: 'justification_closed' },
  review_open: { edit: 'review_open', overdue: 'review_overdue', sign_off: 'review_closed', drop: 'dropped' },
  review_overdue: {
    edit: 'review_overdue',
    overdue: 'review_overdue',
    sign_off: 'review_closed',
    drop: 'dropped',
  },
  review_closed: {},
  dropped: {},
});
