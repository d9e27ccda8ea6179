import { once } from 'node:events';
import { createServer } from 'node:http';
import { WebClient } from '@slack/web-api';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { retryAfterOf } from '../../src/edges/retry-after.js';
import { slackErrorOf } from '../../src/edges/slack/slack-error.js';

/** What Slack's own client throws when it is answered so. */
async function thrownAt(status: number, headers: Record<string, string>, body: object): Promise<unknown> {
  const slack = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(slack, 'listening');
  const { port } = z.object({ port: z.int() }).parse(slack.address());
  const client = new WebClient('xoxb-test', {
    slackApiUrl: `http://127.0.0.1:${port}/api/`,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
  });
  try {
    return await client.auth.test();
  } catch (error) {
    return error;
  } finally {
    slack.closeAllConnections();
    slack.close();
  }
}

it('a 429 says how long to wait, and is no refusal of what was asked', async () => {
  const error = await thrownAt(429, { 'retry-after': '7' }, {});
  expect(retryAfterOf(error)).toBe(7);
  expect(slackErrorOf(error)).toBeNull();
});

it('a refusal names itself, and asks for no wait', async () => {
  const error = await thrownAt(200, {}, { ok: false, error: 'message_not_found' });
  expect(slackErrorOf(error)).toBe('message_not_found');
  expect(retryAfterOf(error)).toBeNull();
});
