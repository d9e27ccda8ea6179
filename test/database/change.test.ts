import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { approve } from '../../src/capabilities/elevation/approve.js';
import { deny } from '../../src/capabilities/elevation/deny.js';
import { edit } from '../../src/capabilities/elevation/edit.js';
import { elevation } from '../../src/capabilities/elevation/index.js';
import { requestElevation } from '../../src/capabilities/elevation/request.js';
import { openGithubCode } from '../../src/connectors/github-code/read.js';
import type { RequestId } from '../../src/core/tenant.js';
import type { Organisation } from '../../src/policy/index.js';
import { readRequest } from '../../src/store/index.js';
import { bot, commit, sha, startGithub, type TestGithub, user } from '../harness/github.js';
import { type Gatekeeper, openGatekeeper, person, readElevation, tenant } from './gatekeeper.js';

/** Separation of duties for deployments: on the real verbs, policy and database, over a GitHub that answers HTTP. */

const REPOSITORY = 'hookpilot/shop';
const Envelope = z.object({ payload: z.string() });
const MAIN = 'refs/heads/main';

let github: TestGithub;
let gate: Gatekeeper;

/** The example organisation, in which migrating the schema deploys a commit, and people have logins. */
const deploying = (organisation: Organisation): Organisation => ({
  ...organisation,
  people: organisation.people.map((one) => ({
    ...one,
    identities: { ...one.identities, github: `${one.id}-hp` },
  })),
  systems: organisation.systems.map((system) => ({
    ...system,
    scopes: system.scopes.map((scope) =>
      scope.id === 'migrate-orders'
        ? { ...scope, change: { repository: REPOSITORY, environment: 'production', deployedBy: 'ci[bot]' } }
        : scope,
    ),
  })),
});

beforeAll(async () => {
  github = await startGithub(REPOSITORY);
  const code = openGithubCode({ url: github.url, token: github.token });
  gate = await openGatekeeper({}, { code }, deploying);
});
afterAll(async () => {
  await gate.close();
  await github.stop();
});

const pushed = (number: number, by: string) => ({ after: sha(number), ref: MAIN, actor: user(by) });

beforeEach(() => {
  github.commits = [commit(1, 'alice-hp'), commit(2, 'Bob-HP')];
  github.deployments = [
    { id: 1, sha: sha(1), environment: 'production', by: bot('ci[bot]'), states: ['success'] },
  ];
  github.activities = [pushed(2, 'bob-hp'), pushed(1, 'alice-hp')];
});
afterEach(() => {
  github.down = null;
});

const ask = (change: string | null, scope = 'migrate-orders') =>
  requestElevation(gate.context, {
    by: person('alice'),
    input: randomUUID(),
    asked: {
      system: 'orders-db',
      scope,
      durationMinutes: 15,
      reason: `deploying ${randomUUID()}`,
      ticket: null,
      startAt: null,
      subject: null,
      change,
      beside: [],
    },
  });

async function asked(): Promise<RequestId> {
  const outcome = await ask(`${REPOSITORY}@main`);
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value.id;
}

const stored = (id: RequestId) => readElevation(gate.context, id);

async function vote(id: RequestId, by: string): Promise<string> {
  const { seal } = (await stored(id)).details;
  const outcome = await approve(gate.context, id, { by: person(by), input: randomUUID(), seal });
  return outcome.ok ? 'ok' : outcome.code;
}

async function carryOut(id: RequestId): Promise<string> {
  const request = await readRequest(gate.context.store, tenant, id);
  if (request === null) throw new Error(`${id} is not there`);
  await elevation.onDue(gate.context, request);
  return (await stored(id)).state;
}

it('rule 5: a branch is resolved and sealed as the whole commit id it was when asked', async () => {
  const id = await asked();
  const { details } = await stored(id);
  expect(details.change).toEqual({
    repository: REPOSITORY,
    sha: sha(2),
    url: `https://github.example/commit/${sha(2)}`,
    since: sha(1),
    commits: 1,
    authors: ['bob'],
  });
  github.commits.push(commit(3, 'cat-hp'));
  expect(await vote(id, 'cat')).toBe('ok');
  expect(await carryOut(id)).toBe('executing');
  const { rows } = await gate.context.store.pool.query(
    `SELECT payload->>'envelope' AS envelope FROM gate.outbox WHERE kind = 'packet' AND payload->>'requestId' = $1`,
    [id],
  );
  const envelope = Envelope.parse(JSON.parse(Buffer.from(String(rows[0]?.envelope), 'base64').toString()));
  expect(JSON.parse(Buffer.from(envelope.payload, 'base64url').toString())).toMatchObject({
    change: `${REPOSITORY}@${sha(2)}`,
  });
});

it('the author may ask, is not asked to approve, and is refused when they do', async () => {
  const id = await asked();
  const { approvers } = (await stored(id)).details;
  expect(approvers).not.toContain('bob');
  expect(approvers).toContain('cat');
  expect(await vote(id, 'bob')).toBe('elevation.author_votes');
  expect((await stored(id)).votes).toEqual([]);
});

it('an edit to another commit is sealed anew with its own authors', async () => {
  const id = await asked();
  const before = (await stored(id)).details;
  github.commits.push(commit(3, 'cat-hp'));
  github.activities.unshift(pushed(3, 'cat-hp'));
  const { scope, durationMinutes, reason } = before;
  await edit(gate.context, id, {
    by: person('alice'),
    input: randomUUID(),
    asked: { scope, durationMinutes, reason, change: `${REPOSITORY}@main` },
  });
  const after = (await stored(id)).details;
  expect(after.seal).not.toBe(before.seal);
  expect(after.change).toMatchObject({ sha: sha(3), authors: ['bob', 'cat'] });
  expect(await vote(id, 'cat')).toBe('elevation.author_votes');
});

it('whoever turns out to have had a part only after voting no longer counts when it is carried out', async () => {
  const id = await asked();
  expect(await vote(id, 'cat')).toBe('ok');
  github.activities.unshift(pushed(2, 'cat-hp'));
  expect(await carryOut(id)).toBe('denied');
});

it('who was an author when it was sealed stays one, whatever GitHub says later', async () => {
  const id = await asked();
  github.commits = [commit(1, 'alice-hp'), commit(2, 'alice-hp')];
  github.activities = [pushed(2, 'alice-hp'), pushed(1, 'alice-hp')];
  expect(await vote(id, 'bob')).toBe('elevation.author_votes');
});

it('rule 15: without an answer of GitHub nobody asks, approves or is granted; a no waits for nothing', async () => {
  const id = await asked();
  const voted = await asked();
  expect(await vote(voted, 'cat')).toBe('ok');
  github.down = /./;
  expect(await ask(`${REPOSITORY}@main`)).toMatchObject({ ok: false, code: 'elevation.change_unresolved' });
  expect(await vote(id, 'cat')).toBe('elevation.change_unresolved');
  expect(await carryOut(voted)).toBe('denied');
  const { seal } = (await stored(id)).details;
  const ballot = { by: person('cat'), input: randomUUID(), seal, reason: 'not on a Friday' };
  expect(await deny(gate.context, id, ballot)).toMatchObject({ ok: true });
});

it('what is named wrongly, or is of somebody unknown, is refused when asked, in a sentence', async () => {
  const messageOf = async (change: string | null) => {
    const outcome = await ask(change);
    return outcome.ok ? 'asked' : outcome.message;
  };
  expect(await messageOf(null)).toContain('Say what is to be deployed');
  expect(await messageOf('shop')).toContain('Say what is to be deployed');
  expect(await messageOf('hookpilot/other@main')).toContain('deploys another repository');
  expect(await messageOf(`${REPOSITORY}@gone`)).toContain('no such commit');
  github.commits.push(commit(3, 'stranger'));
  github.activities.unshift(pushed(3, 'stranger'));
  expect(await messageOf(`${REPOSITORY}@main`)).toContain('does not know had a part');
});

it('a scope that deploys nothing asks GitHub nothing', async () => {
  github.requests.length = 0;
  const outcome = await ask(`${REPOSITORY}@main`, 'read-orders');
  expect(outcome.ok).toBe(true);
  expect(github.requests).toEqual([]);
});
