import { createServer, type Server } from 'node:http';
import { resolve } from 'node:path';
import { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectorKinds } from '../../src/connectors/kinds.js';
import { PrincipalId } from '../../src/core/tenant.js';
import { slackDirectory } from '../../src/edges/slack/directory.js';
import { readPolicyFiles } from '../../src/policy/index.js';
import { freePort } from '../harness/slack/index.js';

/** Answers `users.info` as Slack does; the local Slack knows neither guests nor leavers. */
let answer: object = {};
let server: Server;
let client: WebClient;

beforeAll(async () => {
  const port = await freePort();
  server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  client = new WebClient('xoxb-test', {
    slackApiUrl: `http://127.0.0.1:${port}/api/`,
    retryConfig: { retries: 0 },
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const { organisation } = readPolicyFiles(resolve(import.meta.dirname, '../../policies'), connectorKinds);
const standing = (name: string) =>
  slackDirectory(client, () => organisation).standing(PrincipalId.parse(name));

it.each([
  ['active', { id: 'U02BOB' }],
  ['active', { deleted: false, is_restricted: false }],
  ['deactivated', { deleted: true }],
  ['guest', { is_restricted: true }],
  ['guest', { is_ultra_restricted: true }],
  ['guest', { is_stranger: true }],
  ['guest', { is_bot: true }],
  ['deactivated', { deleted: true, is_restricted: true }],
])('rule 4: somebody is %s where Slack says %j', async (expected, user) => {
  answer = { ok: true, user };
  expect(await standing('bob')).toBe(expected);
});

it('rule 4: who is gone from the workspace is deactivated', async () => {
  answer = { ok: false, error: 'user_not_found' };
  expect(await standing('bob')).toBe('deactivated');
});

it.each(['internal_error', 'missing_scope', 'ratelimited'])(
  'rule 2: %s is no answer, and never a yes',
  async (error) => {
    answer = { ok: false, error };
    await expect(standing('bob')).rejects.toMatchObject({ code: 'directory_unreachable' });
  },
);

it('who has no Slack account stands as the files say', async () => {
  answer = { ok: true, user: { deleted: true } };
  expect(await standing('svc-deploy')).toBe('active');
});
