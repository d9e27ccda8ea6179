import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { deny } from '../../src/capabilities/elevation/deny.js';
import { requestElevation } from '../../src/capabilities/elevation/request.js';
import { capabilities } from '../../src/capabilities/index.js';
import { namesOf } from '../../src/capabilities/names.js';
import { noFaults } from '../../src/core/faults.js';
import { createProjector } from '../../src/edges/slack/project/projector.js';
import { type Gatekeeper, openGatekeeper, person, readElevation } from './gatekeeper.js';

let gate: Gatekeeper;
let slack: Server;
const posted: string[] = [];

/** A Slack that takes messages everywhere but in threads. */
beforeAll(async () => {
  gate = await openGatekeeper();
  slack = createServer((request, response) => {
    void text(request).then((sent) => {
      const body = new URLSearchParams(sent);
      const inThread = body.has('thread_ts');
      if (request.url?.endsWith('chat.postMessage') && !inThread) posted.push(body.get('channel') ?? '');
      const answer = inThread
        ? { ok: false, error: 'restricted_action' }
        : { ok: true, ts: `${posted.length}.1`, channel: { id: 'D1' } };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((listening) => slack.listen(0, '127.0.0.1', listening));
});
afterAll(async () => {
  slack.close();
  await gate.close();
});

it('rule 14: a message that Slack refuses keeps nobody else from theirs, and is tried again', async () => {
  const asked = await requestElevation(gate.context, {
    by: person('alice'),
    input: randomUUID(),
    asked: {
      system: 'orders-db',
      scope: 'read-orders',
      durationMinutes: 15,
      reason: 'INC-1 orders are stuck',
    },
  });
  if (!asked.ok) throw new Error(asked.message);
  const { id } = asked.value;
  const { seal } = (await readElevation(gate.context, id)).details;
  await deny(gate.context, id, { by: person('bob'), seal, input: randomUUID(), reason: 'not now' });

  const { port } = z.object({ port: z.int() }).parse(slack.address());
  const project = createProjector({
    told: async () => {},
    ...gate.context,
    client: new WebClient('xoxb-test', { slackApiUrl: `http://127.0.0.1:${port}/api/` }),
    capabilities,
    names: () => namesOf(gate.context.policy.organisation),
    channels: { requests: 'C1', 'codex-hps': 'C2' },
    accountOf: () => 'U1',
    hook: noFaults,
  });
  for (let tries = 0; tries < 2; tries += 1)
    await expect(project(id)).rejects.toMatchObject({ data: { error: 'restricted_action' } });
  expect(new Set(posted)).toEqual(new Set(['C1', 'D1']));
});
