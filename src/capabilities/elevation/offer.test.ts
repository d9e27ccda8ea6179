import { resolve } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { systemClock as clock, manualClock } from '../../core/clock.js';
import { PrincipalId } from '../../core/tenant.js';
import { loadPolicy, Organisation, type Policy, readPolicyFiles, refusal } from '../../policy/index.js';
import { draftFrom } from './draft.js';
import { possibleSubjects, refusalOf, requestableScopes } from './offer.js';

let policy: Policy;
beforeAll(async () => {
  const kinds = new Set(['postgres', 'okta', 'github']);
  policy = await loadPolicy(readPolicyFiles(resolve(import.meta.dirname, '../../../policies'), kinds));
});

const READ_ORDERS = { system: 'orders-db', scope: 'read-orders' };

/** What is offered where nobody has an account at systems of this kind. */
const withoutLogin = (kind: 'okta' | 'github') => (by: string) => {
  const { organisation } = policy;
  const people = organisation.people.map(({ identities: { [kind]: _, ...identities }, ...person }) => ({
    ...person,
    identities,
  }));
  const bare: Policy = { ...policy, organisation: Organisation.parse({ ...organisation, people }) };
  return requestableScopes({ policy: bare, clock }, PrincipalId.parse(by)).map(({ target }) => target);
};

const systemsFor = (person: string): string[] => [
  ...new Set(requestableScopes({ policy, clock }, PrincipalId.parse(person)).map(({ system }) => system)),
];

it('offers what one’s roles reach, and a contractor of the same role nothing that is the customers’', () => {
  const erin = systemsFor('erin');
  expect(erin).toEqual(expect.arrayContaining(['customer-content', 'customer-db', 'model-console']));
  expect(systemsFor('grace')).toEqual(
    erin.filter((system) => !['customer-content', 'customer-db'].includes(system)),
  );
  expect(systemsFor('nobody')).toEqual([]);
});

it('a contractor who types the name of customer data is told why it is none they may ask for', () => {
  const text = 'customer-db read-customers 15m SUP-9';
  const draft = draftFrom({ policy, clock }, PrincipalId.parse('grace'), text);
  expect(draft.target).toBeNull();
  expect(draft.unclear).toContain('Contractors cannot have access to customer data.');
});

it('offers nothing that policy refuses however the form is filled in', () => {
  const person = (id: string) => PrincipalId.parse(id);
  const targets = (by: string, subject = by) =>
    requestableScopes({ policy, clock }, person(by), person(subject)).map(({ target }) => target);
  // Two approvers are needed, and one is left: in the stead of Bob, and for him.
  for (const purge of ['orders-db/purge-orders', 'support-console/refund-customers']) {
    expect(targets('alice')).toContain(purge);
    expect(targets('bob')).not.toContain(purge);
    expect(targets('alice', 'bob')).not.toContain(purge);
  }
  // An auditor corrects no orders, but may ask for somebody who does.
  expect(targets('erin')).not.toContain('orders-db/write-orders');
  expect(targets('erin', 'alice')).toContain('orders-db/write-orders');
  // No account at GitHub, no billing.
  expect(targets('alice')).toContain('billing/change-prices');
  expect(withoutLogin('github')('alice')).not.toContain('billing/change-prices');
  expect(withoutLogin('okta')('alice')).not.toContain('secrets-vault/rotate-secrets');
  expect(withoutLogin('okta')('alice')).toContain('billing/change-prices');
});

it('offers, for somebody else, only those who may have what is chosen', () => {
  const alice = PrincipalId.parse('alice');
  const people = (target: string) => {
    const [system = '', scope = ''] = target.split('/');
    return possibleSubjects({ policy, clock }, alice, { system, scope })
      .map(({ id }) => id)
      .toSorted();
  };
  expect(people('orders-db/read-orders')).toEqual(['bob', 'cat', 'erin', 'grace']);
  expect(people('orders-db/write-orders')).toEqual(['bob', 'cat', 'grace']);
  expect(people('customer-db/read-customers')).toEqual(['bob', 'cat', 'erin']);
  expect(people('billing/change-prices')).toEqual(['bob', 'cat']);
});

it('asks policy once a day of each', () => {
  const asked: string[] = [];
  const clock = manualClock(new Date('2026-11-20T10:00:00Z'));
  const counting: Policy = {
    ...policy,
    decide: (entrypoint, facts) => {
      asked.push(entrypoint);
      return policy.decide(entrypoint, facts);
    },
  };
  const scope = { by: PrincipalId.parse('alice'), subject: PrincipalId.parse('alice'), ...READ_ORDERS };
  refusalOf({ policy: counting, clock }, scope);
  refusalOf({ policy: counting, clock }, scope);
  expect(asked).toHaveLength(1);
  clock.advance(86_400_000);
  refusalOf({ policy: counting, clock }, scope);
  expect(asked).toHaveLength(2);
});

it('rules that cannot be read leave nothing out: they say so when it is asked for', () => {
  const broken: Policy = {
    ...policy,
    decide: () => refusal('policy.unavailable', 'Access rules cannot be read.'),
  };
  const offered = requestableScopes({ policy: broken, clock }, PrincipalId.parse('alice'));
  expect(offered).toHaveLength(policy.organisation.systems.flatMap(({ scopes }) => scopes).length);
});
