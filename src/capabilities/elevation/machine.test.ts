import { expect, it } from 'vitest';
import { type ElevationEvent, type ElevationState, machine } from './machine.js';

/** Every step there is; whatever is not here leads nowhere. */
const STEPS: readonly (readonly [ElevationState, ElevationEvent, ElevationState])[] = [
  ['pending', 'edit', 'pending'],
  ['pending', 'vote', 'pending'],
  ['pending', 'unvote', 'pending'],
  ['pending', 'shorten', 'pending'],
  ['pending', 'ask_more', 'pending'],
  ['pending', 'answer', 'pending'],
  ['pending', 'nudge', 'pending'],
  ['approved', 'unvote', 'pending'],
  ['pending', 'approve', 'approved'],
  ['pending', 'let_through', 'approved'],
  ['pending', 'deny', 'denied'],
  ['pending', 'cancel', 'cancelled'],
  ['pending', 'time_out', 'timed_out'],
  ['pending', 'stop', 'denied'],
  ['pending', 'wait', 'pending'],
  ['approved', 'sign', 'executing'],
  ['approved', 'withdraw', 'denied'],
  ['approved', 'stop', 'denied'],
  ['approved', 'deny', 'denied'],
  ['approved', 'cancel', 'cancelled'],
  ['executing', 'sign', 'executing'],
  ['executing', 'grant', 'active'],
  ['executing', 'fail', 'failed'],
  ['executing', 'end', 'ending'],
  ['executing', 'prove_ended', 'ended'],
  ['active', 'show', 'active'],
  ['active', 'look', 'active'],
  ['active', 'end', 'ending'],
  ['active', 'prove_ended', 'ended'],
  ['ending', 'send_end', 'ending'],
  ['ending', 'prove_ended', 'ended'],
  ['ending', 'fail_to_prove', 'revoke_unproven'],
  ['revoke_unproven', 'send_end', 'revoke_unproven'],
  ['revoke_unproven', 'prove_ended', 'ended'],
  ['revoke_unproven', 'fail_to_prove', 'revoke_unproven'],
];

it('every pair of state and event is a step of the table or impossible', () => {
  const known = new Map(STEPS.map(([state, event, next]) => [`${state} ${event}`, next]));
  for (const state of machine.states)
    for (const event of machine.events)
      expect(machine.next(state, event), `${state} ${event}`).toBe(known.get(`${state} ${event}`) ?? null);
});

it('rule 4: between a vote and an account at the target lies the second decision', () => {
  const without = reachableWithout('sign');
  expect(without).not.toContain('executing');
  expect(without).not.toContain('active');
});

it('rule 11: what was in force closes by a proof alone', () => {
  const without = reachableWithout('prove_ended', 'active');
  expect(without.filter((state) => machine.isFinal(state))).toEqual([]);
});

function reachableWithout(event: ElevationEvent, from: ElevationState = machine.initial): ElevationState[] {
  const found = [from];
  for (const state of found)
    for (const other of machine.events) {
      const next = other === event ? null : machine.next(state, other);
      if (next !== null && !found.includes(next)) found.push(next);
    }
  return found;
}
