import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { PrincipalId } from '../core/tenant.js';
import { readPolicyFiles } from '../policy/index.js';
import { personNamed } from './person-named.js';

const { organisation } = readPolicyFiles(
  resolve(import.meta.dirname, '../../policies'),
  new Set(['postgres', 'okta', 'github']),
);

it.each([
  ['<@U02BOB|bob> stolen laptop', 'bob', 'stolen laptop'],
  ['<@U02BOB>', 'bob', ''],
  ['@bob stolen laptop', 'bob', 'stolen laptop'],
  ['BOB', 'bob', ''],
  ['Bob Baptiste  stolen', 'bob', 'stolen'],
  ['bob@hookpilot.example since 3d', 'bob', 'since 3d'],
  ['svc-deploy', 'svc-deploy', ''],
])('%s is somebody', (text, id, rest) => {
  const named = personNamed(organisation, text);
  expect(named.person?.id).toBe(id);
  expect(named.rest).toBe(rest);
});

it('of names that begin alike the longest is meant; a name of several people means none of them', () => {
  const [alice, bob] = organisation.people.filter(({ id }) => id === 'alice' || id === 'bob');
  if (alice === undefined || bob === undefined) throw new Error('the example organisation has alice and bob');
  const people = [
    { ...alice, id: PrincipalId.parse('first'), name: 'Bob' },
    bob,
    {
      ...alice,
      id: PrincipalId.parse('sam-1'),
      name: 'Sam Smith',
      identities: { email: 'sam-1@hookpilot.example' },
    },
    {
      ...bob,
      id: PrincipalId.parse('sam-2'),
      name: 'Sam Smith',
      identities: { email: 'sam-2@hookpilot.example' },
    },
  ];
  const named = (text: string) => personNamed({ ...organisation, people }, text).person?.id ?? null;
  expect(named('Bob Baptiste stolen laptop')).toBe('bob');
  expect(named('Sam Smith stolen laptop')).toBeNull();
  expect(named('sam-2@hookpilot.example stolen laptop')).toBe('sam-2');
  expect(named('bob stolen laptop')).toBeNull();
});

it.each(['<@U99NOBODY|mallory>', 'bobby', 'bo', '', '<!channel>', 'Baptiste'])('%s is nobody', (text) => {
  expect(personNamed(organisation, text).person).toBeNull();
});
