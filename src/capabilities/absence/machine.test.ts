import { expect, it } from 'vitest';
import { machine } from './machine.js';

it('an absence ends once and for good', () => {
  expect(machine.initial).toBe('away');
  expect(machine.next('away', 'end')).toBe('over');
  expect(machine.next('over', 'end')).toBeNull();
});
