import { resolve } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { PrincipalId } from '../../core/tenant.js';
import { loadPolicy, type Policy, readPolicyFiles } from '../../policy/index.js';
import { draftFrom } from './draft.js';
import { requestableScopes } from './offer.js';

let policy: Policy;
beforeAll(async () => {
  const kinds = new Set(['postgres', 'okta', 'github']);
  policy = await loadPolicy(readPolicyFiles(resolve(import.meta.dirname, '../../../policies'), kinds));
});

const systemsFor = (person: string): string[] => [
  ...new Set(requestableScopes({ policy }, PrincipalId.parse(person)).map(({ system }) => system)),
];

it('offers what one’s roles reach, and a contractor of the same role nothing that is the customers’', () => {
  const erin = systemsFor('erin');
  expect(erin).toEqual(expect.arrayContaining(['customer-content', 'customer-db', 'model-console']));
  expect(systemsFor('grace')).toEqual(
    erin.filter((system) => !['customer-content', 'customer-db'].includes(system)),
  );
  expect(systemsFor('nobody')).toEqual([]);
});

it('a contractor who types the name of customer data is told that it is none they may ask for', () => {
  const draft = draftFrom({ policy }, PrincipalId.parse('grace'), 'customer-db read-customers 15m SUP-9');
  expect(draft.target).toBeNull();
  expect(draft.unclear).toContain('no system you may ask for');
});
