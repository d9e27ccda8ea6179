import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { validatePayload } from '../../blocks/index.js';
import { PrincipalId } from '../../core/tenant.js';
import { loadPolicy, Organisation, readPolicyFiles } from '../../policy/index.js';
import { awayModal, delegatesOf } from './away-modal.js';

const { organisation, ...files } = readPolicyFiles(
  resolve(import.meta.dirname, '../../../policies'),
  new Set(['postgres', 'okta', 'github']),
);

const approver = (id: string, role: string) => ({
  kind: 'person',
  id,
  name: id,
  identities: { email: `${id}@hookpilot.example` },
  roles: [role],
});

const policyOf = async (changed: object) => ({
  policy: await loadPolicy({
    ...files,
    organisation: Organisation.parse({ ...organisation, ...changed }),
    onFault: () => {},
  }),
});

it('whoever approves in a stage alone can be away, and be named', async () => {
  const stages = [{ roles: ['second-look'], needed: 1 }];
  const context = await policyOf({
    people: ['ann', 'ben'].map((id) => approver(id, 'second-look')),
    systems: organisation.systems.map((system) => ({ ...system, stages })),
  });
  const ann = PrincipalId.parse('ann');
  expect(awayModal(context, ann, '').submit).toBeDefined();
  expect(delegatesOf(context, ann).map(({ value }) => value)).toEqual(['-', 'ben']);
});

it('of many who could stand in nobody is left out: they are searched', async () => {
  const people = Array.from({ length: 300 }, (_, at) => approver(`many-${at}`, 'platform-approver'));
  const context = await policyOf({ people });
  const by = PrincipalId.parse('many-0');
  const view = awayModal(context, by, '');
  expect(validatePayload({ view })).toEqual([]);
  expect(JSON.stringify(view)).toContain('external_select');
  expect(delegatesOf(context, by)).toHaveLength(300);
});
