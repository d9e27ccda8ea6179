import { defineMachine } from '../../core/machine.js';

export type WindowState = 'pending' | 'open' | 'used_up' | 'expired' | 'closed' | 'denied' | 'timed_out';

export type WindowEvent =
  | 'vote'
  | 'approve'
  | 'deny'
  | 'wait'
  | 'time_out'
  | 'use'
  | 'use_up'
  | 'expire'
  | 'close'
  | 'stop';

/**
 * pending → open → used_up → expired. Uses are counted by gate.commit, in the commit of the access they let through; a
 * window that is used up lives to its end, since it stands behind those accesses until then.
 */
export const machine = defineMachine<WindowState, WindowEvent>('pending', {
  pending: {
    vote: 'pending',
    approve: 'open',
    deny: 'denied',
    wait: 'pending',
    time_out: 'timed_out',
    close: 'closed',
    stop: 'denied',
  },
  open: { use: 'open', use_up: 'used_up', expire: 'expired', close: 'closed', stop: 'closed' },
  used_up: { expire: 'expired', close: 'closed', stop: 'closed' },
  expired: {},
  closed: {},
  denied: {},
  timed_out: {},
});
