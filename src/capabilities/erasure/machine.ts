import { defineMachine } from '../../core/machine.js';

export type ErasureState = 'pending' | 'approved' | 'executing' | 'erased' | 'denied' | 'timed_out';

export type ErasureEvent = 'approve' | 'unvote' | 'deny' | 'time_out' | 'wait' | 'execute' | 'erase';

/** pending → approved (waits while anything of the person is open) → executing → erased. From executing on nobody stops it. */
export const machine = defineMachine<ErasureState, ErasureEvent>('pending', {
  pending: { approve: 'approved', deny: 'denied', time_out: 'timed_out' },
  approved: { unvote: 'pending', wait: 'approved', deny: 'denied', execute: 'executing' },
  executing: { wait: 'approved', erase: 'erased' },
  erased: {},
  denied: {},
  timed_out: {},
});
