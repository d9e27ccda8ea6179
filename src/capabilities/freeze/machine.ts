import { defineMachine } from '../../core/machine.js';

export type FreezeState = 'frozen' | 'lifted';

export type FreezeEvent = 'sweep' | 'vote' | 'lift';

/** frozen → lifted. Freezing is one commit; from then on only two people of security lead out of it. */
export const machine = defineMachine<FreezeState, FreezeEvent>('frozen', {
  frozen: { sweep: 'frozen', vote: 'frozen', lift: 'lifted' },
  lifted: {},
});
