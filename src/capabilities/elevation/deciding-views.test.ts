import { resolve } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { newRequestId } from '../../core/ids.js';
import { PrincipalId, TenantId } from '../../core/tenant.js';
import { loadPolicy, type Policy, readPolicyFiles } from '../../policy/index.js';
import { namesOf } from '../names.js';
import { openQuestions } from './deciding-views.js';
import { waitsFor } from './home.js';
import { nudged } from './nudges.js';
import { sample } from './sample.js';
import type { Elevation } from './schemas.js';
import { surfaces } from './views.js';

const at = new Date('2026-01-05T10:00:00.000Z');
const person = (name: string): PrincipalId => PrincipalId.parse(name);
const [bob, cat] = [person('bob'), person('cat')];

let policy: Policy;
beforeAll(async () => {
  const kinds = new Set(['postgres', 'okta', 'github']);
  policy = await loadPolicy(readPolicyFiles(resolve(import.meta.dirname, '../../../policies'), kinds));
});

const request = (state: Elevation['state'], over: Partial<Elevation> = {}): Elevation => ({
  tenant: TenantId.parse('T1'),
  id: newRequestId(),
  number: 7,
  capability: 'elevation',
  state,
  version: 3,
  parentId: null,
  requester: person('erin'),
  subject: person('erin'),
  details: sample(state),
  dueAt: null,
  createdAt: at,
  updatedAt: at,
  votes: [],
  ...over,
});

const textsOf = (of: Elevation): Record<string, string> =>
  Object.fromEntries(surfaces(of, namesOf(policy.organisation)).map(({ name, text }) => [name, text]));

it('each reminder is a line that names whom it asks, and too few approvers is told to the requester', () => {
  const texts = textsOf(request('pending'));
  expect(texts['thread:nudge:1']).toMatch(/^Reminder · .*<@U02BOB>.*<@U03CAT>.*still waits for an approver/u);
  expect(texts['dm:too-few']).toContain('Ask the owner team of the system to name more approvers.');
  expect(textsOf(request('approved'))['dm:too-few']).toBeUndefined();
});

it('those asked hear that it is over, also when nobody answered', () => {
  const texts = textsOf(request('timed_out'));
  expect(texts['thread:handled']).toMatch(/^Closed · .*: nobody answered in time/u);
});

it('the fourth reminder names the owner team too, the fifth security, and nobody is asked about their own', () => {
  const waits = request('pending');
  const people = [0, 1, 2, 3, 4].map((step) => nudged({ policy }, waits, step));
  expect(people.map((named) => named.includes(person('alice')))).toEqual([false, false, false, true, false]);
  expect(people.map((named) => named.includes(person('dan')))).toEqual([false, false, false, false, true]);
  for (const named of people) {
    expect(named).toEqual(expect.arrayContaining([bob, cat]));
    expect(named).not.toContain('erin');
  }
});

it('a Home asks those whose turn it is, and a question waits for the requester until it is answered', () => {
  const staged = request('pending', {
    details: {
      ...sample('pending'),
      approvers: [bob, cat],
      deciding: {
        ...sample('pending').deciding,
        stages: [
          { needed: 1, approvers: [bob] },
          { needed: 1, approvers: [cat] },
        ],
      },
    },
  });
  expect([waitsFor(staged, bob), waitsFor(staged, cat)]).toEqual([true, false]);
  const yes = { id: 'v', principal: bob, verdict: 'approve' as const, seal: staged.details.seal };
  const second = { ...staged, votes: [{ ...yes, reason: null, proof: null, castAt: at }] };
  expect([waitsFor(second, bob), waitsFor(second, cat)]).toEqual([false, true]);

  const questions = JSON.stringify(openQuestions(staged, namesOf(policy.organisation)));
  expect(questions).toContain('Why not the replica?');
  expect(questions).not.toContain('Which orders?');
  expect(questions).toContain('elevation.answer');
});
