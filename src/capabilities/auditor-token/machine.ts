import { defineMachine } from '../../core/machine.js';

export type TokenState =
  | 'pending'
  | 'approved'
  | 'issued'
  | 'expired'
  | 'revoked'
  | 'denied'
  | 'timed_out'
  | 'lapsed';

export type TokenEvent =
  | 'approve'
  | 'unvote'
  | 'deny'
  | 'time_out'
  | 'show'
  | 'lapse'
  | 'expire'
  | 'revoke'
  | 'stop'
  | 'wait';

/** pending → approved → issued → expired. No token exists before `show`, so nothing but `issued` has one to end. */
export const machine = defineMachine<TokenState, TokenEvent>('pending', {
  pending: { approve: 'approved', deny: 'denied', time_out: 'timed_out', stop: 'denied', wait: 'pending' },
  approved: { unvote: 'pending', show: 'issued', lapse: 'lapsed', stop: 'denied', wait: 'approved' },
  issued: { expire: 'expired', revoke: 'revoked' },
  expired: {},
  revoked: {},
  denied: {},
  timed_out: {},
  lapsed: {},
});
