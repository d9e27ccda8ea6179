import { describe, expect, it } from 'vitest';
import { machine, type TokenEvent, type TokenState } from './machine.js';

const LEADS: Readonly<Record<TokenState, Readonly<Partial<Record<TokenEvent, TokenState>>>>> = {
  pending: { approve: 'approved', deny: 'denied', time_out: 'timed_out' },
  approved: { show: 'issued', lapse: 'lapsed' },
  issued: { expire: 'expired', revoke: 'revoked' },
  expired: {},
  revoked: {},
  denied: {},
  timed_out: {},
  lapsed: {},
};

describe.each(machine.states)('%s', (state) => {
  it.each(machine.events)('on %s', (event) => {
    expect(machine.next(state, event)).toBe(LEADS[state][event] ?? null);
  });
});

it('rule 9: a token is made once, and only after an approval', () => {
  expect(machine.states.filter((state) => machine.next(state, 'show') !== null)).toEqual(['approved']);
  expect(machine.states.filter((state) => machine.next(state, 'approve') !== null)).toEqual(['pending']);
});
