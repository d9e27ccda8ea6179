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
import type { RequestId } from '../../src/core/tenant.js';
import type { ProjectorDeps } from '../../src/edges/slack/project/deps.js';
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

/** A request that was denied: a card, a thread and direct messages. */
async function denied(reason: string): Promise<RequestId> {
  const asked = await requestElevation(gate.context, {
    by: person('alice'),
    input: randomUUID(),
    asked: { system: 'orders-db', scope: 'read-orders', durationMinutes: 15, reason },
  });
  if (!asked.ok) throw new Error(asked.message);
  const { id } = asked.value;
  const { seal } = (await readElevation(gate.context, id)).details;
  await deny(gate.context, id, { by: person('bob'), seal, input: randomUUID(), reason: 'not now' });
  return id;
}

function projector(own: Partial<Pick<ProjectorDeps, 'clock' | 'hook' | 'store'>> = {}) {
  const { port } = z.object({ port: z.int() }).parse(slack.address());
  return createProjector({
    told: async () => {},
    ...gate.context,
    client: new WebClient('xoxb-test', { slackApiUrl: `http://127.0.0.1:${port}/api/` }),
    capabilities,
    names: () => namesOf(gate.context.policy.organisation),
    channels: { requests: 'C1', 'codex-hps': 'C2' },
    accountOf: () => 'U1',
    hook: noFaults,
    ...own,
  });
}

it('rule 14: a message that Slack refuses keeps nobody else from theirs, and is tried again', async () => {
  const id = await denied('INC-1 orders are stuck');
  const project = projector();
  for (let tries = 0; tries < 2; tries += 1)
    await expect(project(id)).rejects.toMatchObject({ data: { error: 'restricted_action' } });
  expect(new Set(posted)).toEqual(new Set(['C1', 'D1']));
});

it('two workers never post the same thing, also where the clock of one is behind; one set far back waits for nobody', async () => {
  const id = await denied('INC-2 orders are stuck');
  const behind = (seconds: number) => ({
    clock: { now: () => new Date(gate.context.clock.now().getTime() - seconds * 1_000) },
  });
  const told: boolean[] = [];
  let setBack: Promise<unknown> = Promise.resolve();
  const first = projector({
    hook: async (spot) => {
      if (spot !== 'worker.posted' || told.length > 0) return;
      told.push(await projector(behind(1))(id), await projector(behind(30))(id));
      setBack = projector(behind(600))(id).catch((error: unknown) => error);
      await setBack;
    },
  });
  expect(await first(id)).toBe(false);
  expect(told).toEqual([false, false]);
  expect(await setBack).toMatchObject({ data: { error: 'restricted_action' } });
});

it('rule 14: what was posted while our database did not take note of it is not posted again', async () => {
  const id = await denied('INC-3 orders are stuck');
  const { pool } = gate.context.store;
  let isAway = false;
  const query = async (...asked: Parameters<typeof pool.query>) => {
    if (isAway) throw new Error('the connection is lost');
    return pool.query(...asked);
  };
  const store = { ...gate.context.store, pool: Object.assign(Object.create(pool), { query }) };
  const project = projector({
    store,
    hook: async (spot) => {
      isAway = spot === 'worker.posted';
    },
  });
  posted.length = 0;
  await expect(project(id)).rejects.toThrow('the connection is lost');
  isAway = false;
  expect(posted).toEqual(['C1']);
  gate.clock.advance(61_000);
  await expect(project(id)).rejects.toThrow();
  expect(posted.filter((channel) => channel === 'C1')).toEqual(['C1']);
});
