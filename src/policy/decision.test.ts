import { expect, test } from 'vitest';
import { type Decision, isEffect, isMinted, oblige, refusal } from './index.js';

const grant = { requestId: 'r_aaaaaaaaaaaaaaaaaaaa', endsAt: '2026-11-21T12:00:00.000Z' };
const ending = oblige({ rule: 'elevation.expired', message: 'The access ended.', basis: grant });

test('rule 1: only what policy minted is a decision; copies of one are not', () => {
  expect(isMinted(ending)).toBe(true);
  const forgeries: unknown[] = [
    { ...ending },
    structuredClone(ending),
    JSON.parse(JSON.stringify(ending)),
    Object.create(ending),
    new Proxy(ending, {}),
    Object.assign(Object.create(Object.getPrototypeOf(ending)), ending),
  ];
  for (const forgery of forgeries) expect(isMinted(forgery)).toBe(false);
  for (const nothing of [null, undefined, 'allow', true, 0]) expect(isMinted(nothing)).toBe(false);
});

test('rule 1: neither a literal nor a spread type-checks as a decision', () => {
  // @ts-expect-error a spread lacks the brand
  const spread: Decision = { ...ending };
  // @ts-expect-error a literal lacks the brand
  const literal: Decision<'allow'> = {
    effect: 'allow',
    reasons: [],
    approvers: null,
    obligations: [],
    policyDigest: '',
    inputDigest: '',
    input: '',
  };
  // @ts-expect-error an obligation is no permission
  const widened: Decision<'allow'> = ending;
  expect([spread, literal].map(isMinted)).toEqual([false, false]);
  expect(widened.effect).not.toBe('allow');
});

test('a decision cannot be changed at any depth', () => {
  expect(() => Object.assign(ending, { effect: 'allow' })).toThrow(TypeError);
  expect(() => Object.assign(ending.reasons, { 0: { rule: 'x', message: 'x' } })).toThrow(TypeError);
  expect(() => Object.assign(ending.reasons[0] ?? {}, { rule: 'x' })).toThrow(TypeError);
});

test('rule 2: an obligation is minted without any policy and records what obliges', () => {
  expect(ending).toMatchObject({
    effect: 'oblige',
    policyDigest: 'none',
    reasons: [{ rule: 'elevation.expired' }],
  });
  expect(JSON.parse(ending.input)).toEqual(grant);
  expect(ending.inputDigest).toMatch(/^[0-9a-f]{64}$/);
});

test('rule 2: what cannot be recorded exactly delays neither an end nor a refusal', () => {
  const unrecordable = { text: '\ud800', amount: Number.NaN };
  expect(oblige({ rule: 'r', message: 'm', basis: unrecordable }).input).toBe('null');
  expect(refusal('r', 'm', unrecordable)).toMatchObject({ effect: 'deny', input: 'null' });
});

test('isEffect narrows to one effect', () => {
  const decision: Decision = refusal('elevation.already_resolved', 'This was decided already.');
  expect(isEffect(decision, 'deny')).toBe(true);
  expect(isEffect(decision, 'allow')).toBe(false);
});
