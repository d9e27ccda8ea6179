import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PrincipalId } from '../core/tenant.js';
import { orderApprovers } from './approver-order.js';

const people = (...names: string[]) => names.map((name) => PrincipalId.parse(name));
const person = fc.constantFrom(...people('bob', 'cat', 'dan', 'erin'));

it('those on call are asked first, then who stands in, and who is away last', () => {
  const away = { person: PrincipalId.parse('bob'), delegate: PrincipalId.parse('dan') };
  expect(
    orderApprovers(people('bob', 'cat', 'dan', 'erin'), { onCall: people('erin'), away: [away] }),
  ).toEqual(['erin', 'dan', 'cat', 'bob']);
});

it('Teleport #46908: being on call or named as a delegate makes nobody an approver, whatever the source says', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(person),
      fc.array(person),
      fc.array(fc.record({ person, delegate: fc.option(person) })),
      (approvers, onCall, away) => {
        const ordered = orderApprovers(approvers, { onCall, away });
        expect([...ordered].sort()).toEqual([...approvers].sort());
      },
    ),
  );
});
