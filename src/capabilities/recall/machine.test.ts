import { expect, it } from 'vitest';
import { machine } from './machine.js';

it('every pair of state and event is a step of the table or impossible', () => {
  const steps = machine.states.flatMap((state) =>
    machine.events.flatMap((event) => {
      const next = machine.next(state, event);
      return next === null ? [] : [[state, event, next]];
    }),
  );
  expect(steps).toEqual([
    ['reviewing', 'review', 'reviewing'],
    ['reviewing', 'remind', 'reviewing'],
    ['reviewing', 'close', 'reviewed'],
  ]);
});
