import { defineMachine } from '../../core/machine.js';

export type RecallState = 'reviewing' | 'reviewed';

export type RecallEvent = 'review' | 'remind' | 'close';

/** reviewing → reviewed, with the last item judged. */
export const machine = defineMachine<RecallState, RecallEvent>('reviewing', {
  reviewing: { review: 'reviewing', remind: 'reviewing', close: 'reviewed' },
  reviewed: {},
});
