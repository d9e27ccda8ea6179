import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { createHttpReceiver } from './http-receiver.js';

const NOW = new Date('2026-11-21T12:00:00Z');
const SECRET = 'signing-secret';

function receiver() {
  const seen = new Set<string>();
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  return createHttpReceiver({
    signingSecret: SECRET,
    firstSeen: async (signature) => !seen.has(signature) && seen.add(signature).size > 0,
    now: () => NOW,
    log,
  });
}

async function post(
  { routes }: ReturnType<typeof createHttpReceiver>,
  body: string,
  over: { skew?: number; secret?: string; contentType?: string; headers?: Record<string, string> } = {},
) {
  const timestamp = Math.floor(NOW.getTime() / 1000) + (over.skew ?? 0);
  const mac = createHmac('sha256', over.secret ?? SECRET).update(`v0:${timestamp}:${body}`);
  const answer = await routes.request('/slack/events', {
    method: 'POST',
    headers: {
      'content-type': over.contentType ?? 'application/json',
      'x-slack-request-timestamp': String(timestamp),
      'x-slack-signature': `v0=${mac.digest('hex')}`,
      ...over.headers,
    },
    body,
  });
  return { status: answer.status, text: await answer.text() };
}

const CHALLENGE = JSON.stringify({ type: 'url_verification', challenge: 'c' });

it("answers Slack's url_verification and ssl_check, and only when they are signed", async () => {
  expect(await post(receiver(), CHALLENGE)).toEqual({ status: 200, text: '{"challenge":"c"}' });
  const check = { contentType: 'application/x-www-form-urlencoded' };
  expect(await post(receiver(), 'ssl_check=1', check)).toEqual({ status: 200, text: '' });
  expect((await post(receiver(), CHALLENGE, { secret: 'other' })).status).toBe(401);
});

it.each([
  [-301, 401],
  [-300, 200],
  [300, 200],
  [301, 401],
])('a delivery dated %i s from now is answered %i', async (skew, status) => {
  expect((await post(receiver(), CHALLENGE, { skew })).status).toBe(status);
});

it.each(['', 'soon', '1e3', '12.5', ' '])('a timestamp of %j is refused', async (timestamp) => {
  const refused = await post(receiver(), CHALLENGE, { headers: { 'x-slack-request-timestamp': timestamp } });
  expect(refused.status).toBe(401);
});

it('the very bytes of an earlier delivery are refused', async () => {
  const one = receiver();
  expect((await post(one, CHALLENGE)).status).toBe(200);
  expect(await post(one, CHALLENGE)).toMatchObject({
    status: 401,
    text: expect.stringContaining('replayed'),
  });
});

it.each(['{', '[]', '"text"', 'null'])('signed nonsense (%s) is malformed, not an error', async (body) => {
  expect((await post(receiver(), body)).status).toBe(400);
});

it('before Bolt listens Slack is told to come again', async () => {
  expect((await post(receiver(), '{"type":"event_callback"}')).status).toBe(503);
});

it('what is larger than any delivery of Slack is not read', async () => {
  expect((await post(receiver(), 'x'.repeat(1_048_577))).status).toBe(413);
});
