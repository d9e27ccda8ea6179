import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebClient } from '@slack/web-api';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { signCheckpoint } from '../../src/core/checkpoint.js';
import { manualClock } from '../../src/core/clock.js';
import { createAlerter } from '../../src/edges/queue/alert.js';
import { anchorLedger, openAnchors } from '../../src/edges/queue/anchors.js';
import { openPager } from '../../src/edges/queue/pager.js';
import { type Anchor, readAnchors } from '../../src/ledger/index.js';
import { type LedgerHarness, openLedger, tenant, until } from './harness.js';

/** What the worker does with anchors, from anchors.json to the alert, against a Slack that can be away. */

const origin = `countersign.log/${tenant}`;
const directory = mkdtempSync(join(tmpdir(), 'anchoring-'));
const posted: { channel: string; text: string }[] = [];
const alerts: string[] = [];
const clock = manualClock(new Date('2026-11-21T12:00:00Z'));
let isAway = false;
let ledger: LedgerHarness;
let slack: Server;
let client: WebClient;
let hook: Server;
let hookUrl: string;

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
    }),
  );

const read = async (request: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

beforeAll(async () => {
  ledger = await openLedger();
  ledger.start();
  slack = createServer((request, response) => {
    void read(request).then((body) => {
      const args = new URLSearchParams(body);
      if (isAway) return response.writeHead(503).end();
      if (request.url?.endsWith('chat.postMessage'))
        posted.push({ channel: args.get('channel') ?? '', text: args.get('text') ?? '' });
      const messages = posted.filter(({ channel }) => channel === args.get('channel'));
      response.setHeader('content-type', 'application/json');
      return response.end(JSON.stringify({ ok: true, messages }));
    });
  });
  hook = createServer((request, response) => {
    void read(request).then((body) => {
      const { payload } = z
        .object({ payload: z.object({ class: z.string(), summary: z.string() }) })
        .parse(JSON.parse(body));
      alerts.push(`${payload.class}: ${payload.summary}`);
      response.end();
    });
  });
  hookUrl = await listen(hook);
  client = new WebClient('xoxb-test', {
    slackApiUrl: `${await listen(slack)}/api/`,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
});
afterEach(() => {
  isAway = false;
  alerts.length = 0;
});
afterAll(async () => {
  slack.close();
  hook.close();
  await ledger.close();
  rmSync(directory, { recursive: true });
});

const settings = (value: object): string => {
  const file = join(directory, 'anchors.json');
  writeFileSync(file, JSON.stringify(value));
  return file;
};
const both = { file: { path: 'kept', domain: 'operations' }, channel: { id: 'C1', domain: 'slack' } };
const open = (value: object) =>
  openAnchors({ file: settings(value), context: { store: { pool: ledger.admin }, tenant, clock }, client });

/** The worker's anchoring; each failure moves the clock half a minute. */
async function anchoring(value: object) {
  const anchors = await open(value);
  const log = pino({ level: 'silent' });
  log.warn = () => clock.advance(30_000);
  const running = anchorLedger({
    anchors,
    context: { store: { pool: ledger.admin }, tenant, clock },
    alert: createAlerter({
      client,
      channels: { requests: 'C2', 'codex-hps': 'C3' },
      pager: openPager({ url: hookUrl, secret: undefined }),
      log: pino({ level: 'silent' }),
    }),
    log,
    everyMilliseconds: 5,
  });
  return { anchors, stop: running.stop };
}

async function sequence(count: number): Promise<void> {
  await ledger.enqueue(Array.from({ length: count }, () => ({})));
  await ledger.drained();
}

const sizes = async (anchors: readonly Anchor[]) =>
  (await readAnchors(anchors, origin)).map(({ checkpoint }) => checkpoint?.size ?? null);

test('a checkpoint goes to the file and, for people, to the channel, and both are read back as evidence', async () => {
  await sequence(3);
  const { anchors, stop } = await anchoring(both);
  await until(async () => (await sizes(anchors)).every((size) => size === 3));
  await stop();
  expect(posted.map(({ channel, text }) => `${channel} ${text.split('\n')[0]}`)).toEqual([
    `C1 Ledger checkpoint: ${origin} has 3 entries.`,
  ]);
});

test('a note that somebody else writes into the channel, or that was cut short, is no evidence', async () => {
  const [anchor] = await open({ channel: both.channel });
  const stranger = {
    name: origin,
    type: 0x01 as const,
    privateKey: generateKeyPairSync('ed25519').privateKey,
  };
  const forged = signCheckpoint({ origin, size: 99, root: Buffer.alloc(32) }, [stranger], clock.now());
  posted.push({ channel: 'C1', text: `\`\`\`\n${forged}\`\`\`` }, { channel: 'C1', text: '```\ncut' });
  expect((await anchor?.newest(origin))?.size).toBe(3);
});

test('an anchor that cannot be asked counts for nothing, and keeps no other from being asked', async () => {
  isAway = true;
  expect(await sizes(await open(both))).toEqual([3, null]);
});

test('witness or channel down: an alarm outside Slack too once it lags, none after it caught up, and anew next time', async () => {
  isAway = true;
  await sequence(1);
  const { anchors, stop } = await anchoring({ channel: both.channel });
  await until(async () => alerts.length > 1);
  expect(alerts[0]).toMatch(
    /^ledger\.anchor_behind: The ledger's anchor channel \(slack\) is 1[2-4]\d s behind: /,
  );
  isAway = false;
  await until(async () => (await sizes(anchors))[0] === 4);
  await stop();
  const told = alerts.length;
  isAway = true;
  await sequence(1);
  const later = await anchoring({ channel: both.channel });
  await until(async () => alerts.length > told);
  await later.stop();
  expect(alerts[told]).toMatch(/is 1[2-4]\d s behind/);
});

test('disk full at the anchor file: the alarm names it, and the channel still gets its checkpoint', async () => {
  const before = posted.length;
  await sequence(1);
  const { stop } = await anchoring({ ...both, file: { path: '/dev/full', domain: 'operations' } });
  await until(
    async () => alerts.length > 0 && posted.some(({ channel }, at) => at >= before && channel === 'C1'),
  );
  await stop();
  expect(alerts[0]).toMatch(/anchor file \(operations\) is \d+ s behind: ENOSPC/);
});

test('settings that name no place, or a witness without its key, are refused by name', async () => {
  await expect(open({ witnesses: [{ url: 'http://127.0.0.1:1' }] })).rejects.toMatchObject({
    code: 'anchors_invalid',
    message: expect.stringContaining('vkey'),
  });
  expect(
    await openAnchors({ file: undefined, context: { store: { pool: ledger.admin }, tenant, clock }, client }),
  ).toEqual([]);
});
