import { expect, it } from 'vitest';
import { machine } from './machine.js';

it('nothing opens a window but an approval, and nothing reopens one', () => {
  for (const state of machine.states)
    for (const event of machine.events)
      if (machine.next(state, event) === 'open')
        expect([`pending approve`, `open use`]).toContain(`${state} ${event}`);
});

it('a window is used only while it is open', () => {
  for (const state of machine.states)
    for (const event of ['use', 'use_up'] as const)
      expect(machine.next(state, event) !== null, `${state} ${event}`).toBe(state === 'open');
});

it('whatever is not over can be closed and stopped', () => {
  for (const state of machine.states)
    for (const event of ['close', 'stop'] as const)
      expect(machine.next(state, event) !== null).toBe(!machine.isFinal(state));
});
