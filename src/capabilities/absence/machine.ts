import { defineMachine } from '../../core/machine.js';

export type AbsenceState = 'away' | 'over';
export type AbsenceEvent = 'end';

/** away → over: by coming back, or by time. */
export const machine = defineMachine<AbsenceState, AbsenceEvent>('away', {
  away: { end: 'over' },
  over: {},
});
