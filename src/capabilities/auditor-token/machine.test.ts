import { expect, it } from 'vitest';
import { machine, type TokenEvent, type TokenState } from './machine.js';

/** Every step there is; whatever is not here leads nowhere. */
const STEPS: readonly (readonly [TokenState, TokenEvent, TokenState])[] = [
  ['pending', 'approve', 'approved'],
  ['pending', 'deny', 'denied'],
  ['pending', 'time_out', 'timed_out'],
  ['pending', 'stop', 'denied'],
  ['pending', 'wait', 'pending'],
  ['approved', 'unvote', 'pending'],
  ['approved', 'show', 'issued'],
  ['approved', 'lapse', 'lapsed'],
  ['approved', 'stop', 'denied'],
  ['approved', 'wait', 'approved'],
  ['issued', 'expire', 'expired'],
  ['issued', 'revoke', 'revoked'],
];

it('every pair of state and event is a step of the table or impossible', () => {
  const steps = machine.states.flatMap((state) =>
    machine.events.flatMap((event) => {
      const next = machine.next(state, event);
      return next === null ? [] : [[state, event, next]];
    }),
  );
  expect(steps).toEqual(expect.arrayContaining([...STEPS]));
  expect(steps).toHaveLength(STEPS.length);
});

it('rule 9: a token is made once, and only after an approval', () => {
  expect(STEPS.filter(([, event]) => event === 'show')).toEqual([['approved', 'show', 'issued']]);
  const into = STEPS.filter(([from, , to]) => to === 'approved' && from !== to);
  expect(into).toEqual([['pending', 'approve', 'approved']]);
});
