import { expect, it } from 'vitest';
import { progressOf } from './approvals.js';
import { PrincipalId } from './tenant.js';

const people = (...names: string[]) => names.map((name) => PrincipalId.parse(name));
const stage = (needed: number, ...names: string[]) => ({ needed, approvers: people(...names) });

it('one stage is N of M', () => {
  const two = [stage(2, 'bob', 'cat', 'dan')];
  expect(progressOf(two, [])).toEqual({ filled: [[]], current: 0 });
  expect(progressOf(two, people('cat'))).toEqual({ filled: [['cat']], current: 0 });
  expect(progressOf(two, people('cat', 'dan'))).toEqual({ filled: [['cat', 'dan']], current: null });
});

it('two votes of one person are one', () => {
  expect(progressOf([stage(2, 'bob', 'cat')], people('bob', 'bob')).current).toBe(0);
});

it('who may approve in two stages counts in one of them', () => {
  const stages = [stage(1, 'bob'), stage(1, 'bob', 'dan')];
  expect(progressOf(stages, people('bob'))).toEqual({ filled: [['bob'], []], current: 1 });
  expect(progressOf(stages, people('bob', 'dan')).current).toBeNull();
});

it('a later stage alone is not enough, and somebody no stage names counts nowhere', () => {
  const stages = [stage(1, 'bob'), stage(1, 'dan')];
  expect(progressOf(stages, people('dan', 'erin'))).toEqual({ filled: [[], ['dan']], current: 0 });
});
