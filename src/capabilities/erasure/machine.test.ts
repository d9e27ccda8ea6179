import { expect, it } from 'vitest';
import { machine } from './machine.js';

it('every pair of state and event is a step of the table or impossible', () => {
  const steps = machine.states.flatMap((state) =>
    machine.events.flatMap((event) => {
      const next = machine.next(state, event);
      return next === null ? [] : [`${state} ${event} ${next}`];
    }),
  );
  expect(steps.toSorted()).toEqual([
    'approved deny denied',
    'approved execute executing',
    'approved unvote pending',
    'approved wait approved',
    'executing erase erased',
    'executing wait approved',
    'pending approve approved',
    'pending deny denied',
    'pending time_out timed_out',
  ]);
});
