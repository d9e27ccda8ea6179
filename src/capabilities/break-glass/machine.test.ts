import { expect, it } from 'vitest';
import { machine, OWED } from './machine.js';

const from = (reached: string): string[] =>
  machine.states.flatMap((state) =>
    machine.events
      .filter((event) => machine.next(state, event) === reached && state !== reached)
      .map((event) => `${state} ${event}`),
  );

it('only the executor opens a use, and only its proof is the end of one that may have been shown', () => {
  expect(from('open')).toEqual(['opening open']);
  expect(from('rotated')).toEqual(['opening prove', 'open prove', 'ending prove', 'rotation_unproven prove']);
  expect(from('failed')).toEqual(['opening fail']);
});

it('rule 11: what is not proved can neither be closed nor given up', () => {
  for (const event of machine.events)
    expect(['rotation_unproven', 'rotated', null], event).toContain(machine.next('rotation_unproven', event));
  expect(from('closed')).toEqual(['rotated close']);
});

it('rule 2: whatever is not ending yet can be ended', () => {
  for (const state of ['alerting', 'opening', 'open'] as const)
    expect(machine.next(state, 'end')).toBe('ending');
});

it('a justification that was due is given or overdue, never dropped; a review ends by its sign-off', () => {
  for (const state of [...OWED, 'justification_given'] as const)
    expect(machine.next(state, 'drop')).toBeNull();
  expect(from('justification_overdue')).toEqual(['justification_due overdue']);
  expect(from('justification_stood_in')).toEqual(['justification_overdue confirm']);
  expect(from('review_closed')).toEqual(['review_open sign_off', 'review_overdue sign_off']);
  expect(machine.next('review_closed', 'edit')).toBeNull();
});

it('a closed justification is final, and takes amendments for ever', () => {
  expect(machine.isFinal('justification_closed')).toBe(true);
  expect(machine.next('justification_closed', 'give')).toBe('justification_closed');
  expect(machine.isFinal('justification_given')).toBe(false);
});
