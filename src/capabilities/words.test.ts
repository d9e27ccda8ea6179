import { expect, it } from 'vitest';
import type { Json } from '../core/canonical.js';
import { PrincipalId } from '../core/tenant.js';
import { eraseWords } from './words.js';

const [alice, bob, cat] = [PrincipalId.parse('alice'), PrincipalId.parse('bob'), PrincipalId.parse('cat')];

const details: Json = {
  reason: 'my mother is ill',
  ticket: null,
  system: 'orders-db',
  decided: { by: 'bob', reason: 'take care', at: 'then' },
  deciding: {
    questions: [
      { by: 'bob', text: 'until when?', answer: { by: 'alice', text: 'she is 83' } },
      { by: 'cat', text: 'why you?', answer: null },
    ],
  },
};

const left = (person: PrincipalId) =>
  eraseWords({ capability: 'elevation', requester: alice, subject: alice }, details, person);

it('of what a person asked for nothing that anybody wrote is left, and what is no text stays', () => {
  expect(left(alice)).toEqual({
    ...details,
    reason: 'erased',
    decided: { by: 'bob', reason: 'erased', at: 'then' },
    deciding: {
      questions: [
        { by: 'bob', text: 'erased', answer: { by: 'alice', text: 'erased' } },
        { by: 'cat', text: 'erased', answer: null },
      ],
    },
  });
});

it('of what others asked for only their own words go', () => {
  expect(left(bob)).toEqual({
    ...details,
    decided: { by: 'bob', reason: 'erased', at: 'then' },
    deciding: {
      questions: [
        { by: 'bob', text: 'erased', answer: { by: 'alice', text: 'she is 83' } },
        { by: 'cat', text: 'why you?', answer: null },
      ],
    },
  });
  expect(left(cat)).toMatchObject({ reason: 'my mother is ill', decided: { reason: 'take care' } });
});

it('erasing twice changes nothing more, and an unknown capability is not passed over', () => {
  const once = left(alice);
  expect(eraseWords({ capability: 'elevation', requester: alice, subject: alice }, once, alice)).toEqual(
    once,
  );
  expect(() => eraseWords({ capability: 'new', requester: alice, subject: alice }, {}, alice)).toThrow(
    RangeError,
  );
});
