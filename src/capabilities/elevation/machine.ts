import { defineMachine } from '../../core/machine.js';

export type ElevationState =
  | 'pending'
  | 'approved'
  | 'executing'
  | 'active'
  | 'ending'
  | 'revoke_unproven'
  | 'ended'
  | 'denied'
  | 'cancelled'
  | 'timed_out'
  | 'failed';

export type ElevationEvent =
  | 'edit'
  | 'vote'
  | 'unvote'
  | 'shorten'
  | 'ask_more'
  | 'answer'
  | 'nudge'
  | 'approve'
  | 'let_through'
  | 'deny'
  | 'cancel'
  | 'time_out'
  | 'stop'
  | 'wait'
  | 'withdraw'
  | 'sign'
  | 'grant'
  | 'fail'
  | 'show'
  | 'look'
  | 'end'
  | 'send_end'
  | 'prove_ended'
  | 'fail_to_prove';

/**
 * pending → approved → executing → active → ending → ended. Two commits lie between a click and a grant packet: the
 * vote, and `sign`, which decides again with fresh facts (rule 4); a scheduled start lies between the two. Everything
 * that may have touched the target leaves through `ending`, and only a proof closes it (rule 11).
 */
export const machine = defineMachine<ElevationState, ElevationEvent>('pending', {
  pending: {
    edit: 'pending',
    vote: 'pending',
    unvote: 'pending',
    shorten: 'pending',
    ask_more: 'pending',
    answer: 'pending',
    nudge: 'pending',
    approve: 'approved',
    let_through: 'approved',
    deny: 'denied',
    cancel: 'cancelled',
    time_out: 'timed_out',
    stop: 'denied',
    wait: 'pending',
  },
  approved: {
    unvote: 'pending',
    sign: 'executing',
    withdraw: 'denied',
    deny: 'denied',
    cancel: 'cancelled',
    stop: 'denied',
  },
  executing: { sign: 'executing', grant: 'active', fail: 'failed', end: 'ending', prove_ended: 'ended' },
  active: { show: 'active', look: 'active', end: 'ending', prove_ended: 'ended' },
  ending: { send_end: 'ending', prove_ended: 'ended', fail_to_prove: 'revoke_unproven' },
  revoke_unproven: { send_end: 'revoke_unproven', prove_ended: 'ended', fail_to_prove: 'revoke_unproven' },
  ended: {},
  denied: {},
  cancelled: {},
  timed_out: {},
  failed: {},
});
