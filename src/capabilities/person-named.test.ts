import { resolve } from 'node:path';
import { expect, it } from 'vitest';
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

it.each(['<@U99NOBODY|mallory>', 'bobby', 'bo', '', '<!channel>', 'Baptiste'])('%s is nobody', (text) => {
  expect(personNamed(organisation, text).person).toBeNull();
});
