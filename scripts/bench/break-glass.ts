import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { tryLogIn } from '../../test/harness/postgres-admin.js';
import { connectSlackClient, freePort, type SlackClient, waitUntil } from '../../test/harness/slack/index.js';
import { startHouse } from '../demo/house.js';
import { CHANNELS } from '../demo/workspace.js';
import { removeCluster } from '../lib/embedded-postgres.js';
import { compilePrograms } from '../lib/programs.js';

/**
 * How fast the glass breaks and heals: from Submit to the credential in the modal, to the alert in Slack and at the
 * pager, and to the shown credential refused from End Now and from the end of the window. Everything as in the demo, over
 * real HTTP and PostgreSQL. Each round is two uses: one is ended, the other's window is let run out.
 *
 *   npx tsx scripts/bench/break-glass.ts [rounds]
 */
const ROUNDS = Number(process.argv[2] ?? 20);
const MINUTE = 60_000;
const STEPS = `
  SELECT details->>'openedAt' AS opened, details->'alerts'->0->>'at' AS alerted, details->'window'->>'checkedOutAt' AS out,
    details->'showings'->0->>'askedAt' AS asked, details->'showings'->0->>'shownAt' AS shown,
    details->'end'->>'askedAt' AS ended, details->'end'->>'provedAt' AS proved,
    details->'window'->>'expiresAt' AS expires, details->'end'->>'reason' AS reason
  FROM gate.request WHERE details->>'part' = 'use'`;

const Instant = z.string();
const Steps = z.array(
  z.object({
    opened: Instant,
    alerted: Instant,
    out: Instant,
    asked: Instant,
    shown: Instant,
    ended: Instant,
    proved: Instant,
    expires: Instant,
    reason: z.string(),
  }),
);
type Uses = z.infer<typeof Steps>;
type Moment = Exclude<keyof Uses[number], 'reason'>;

const OPEN = `SELECT details->'window'->>'expiresAt' AS expires FROM gate.request WHERE details->>'part' = 'use' AND state = 'open'`;
const Open = z.tuple([z.object({ expires: Instant })]);

/** How long before the end of a window the clock is set: the processes notice within a second. */
const LEAD = 4_000;

const dataDir = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
const clockFile = join(dataDir, 'clock');
writeFileSync(clockFile, '0');
let offset = 0;
const arrivals: number[] = [];
const pager = createServer((request, response) => {
  arrivals.push(performance.now());
  request.resume();
  response.writeHead(202).end();
}).listen(0, '127.0.0.1');
await once(pager, 'listening');
const address = pager.address();
if (address === null || typeof address === 'string') throw new Error('the pager has no port');
const pagerUrl = `http://127.0.0.1:${address.port}/`;
const house = await startHouse({
  programs: compilePrograms(),
  dataDir,
  slackPort: await freePort(),
  httpPort: await freePort(),
  clockFile,
  vendors: false,
  logs: 'files',
  say: () => {},
  more: (name) =>
    name === 'worker' ? { ALERT_WEBHOOK_URL: pagerUrl, ALERT_WEBHOOK_SECRET: 'of the bench alone' } : {},
});
const slack = await connectSlackClient(house.workspace.proxy.url);
const alice =
  house.files.organisation.people.find((person) => person.id === 'alice')?.identities.slack?.[0] ?? '';
const measured = {
  credential: [] as number[],
  alert: [] as number[],
  pager: [] as number[],
  refused: [] as number[],
  sessionDeadAfterWindow: [] as number[],
  refusedAfterWindow: [] as number[],
};
try {
  for (let round = 0; round < ROUNDS; round += 1)
    for (const finish of [endNow, windowEnds]) await oneUse(slack, finish);
  const report = { ...measured, ...(await steps()) };
  for (const [what, times] of Object.entries(report)) process.stdout.write(`${line(what, times)}\n`);
} finally {
  slack.close();
  await house.stop();
  pager.close();
  for (const cluster of ['ours', 'target-cluster']) await removeCluster(join(dataDir, cluster));
  rmSync(dataDir, { recursive: true, force: true });
}

type Finish = (client: SlackClient, uri: string) => Promise<void>;

async function oneUse(client: SlackClient, finish: Finish): Promise<void> {
  const alerts = async () => (await client.messages(CHANNELS['codex-hps'])).length;
  await client.command(alice, CHANNELS.general, '/break-glass orders-db PINC7 measuring how fast it breaks');
  await client.waitForModal(alice, 'break-glass.use');
  const [before, paged] = [await alerts(), arrivals.length];
  const start = performance.now();
  const alerted = waitUntil('the alert', async () => (await alerts()) > before && performance.now(), MINUTE);
  await client.submit(alice, { confirmation: 'orders-db' });
  const uri = await waitUntil(
    'the credential',
    () => /postgresql:\/\/[^"\s]+/.exec(JSON.stringify(client.modals(alice).at(-1) ?? {}))?.[0],
    MINUTE,
  );
  measured.credential.push(performance.now() - start);
  measured.alert.push((await alerted) - start);
  measured.pager.push((await waitUntil('the pager', () => arrivals[paged], MINUTE)) - start);
  client.cancel(alice);
  await client.waitForNoModal(alice);
  await finish(client, uri);
  await waitUntil('the proof', async () => (await stillOut()) === 0, MINUTE);
  // What is owed a day later would block the next use.
  await client.command(alice, CHANNELS.general, '/break-glass justify');
  await client.waitForModal(alice, 'break-glass.justify');
  await client.submit(alice, { text: 'It was measured how fast the glass breaks and heals.' });
  await client.waitForNoModal(alice);
}

async function endNow(client: SlackClient, uri: string): Promise<void> {
  const end = performance.now();
  await client.command(alice, CHANNELS.general, '/break-glass end');
  while ((await tryLogIn(uri)) === 'in' && performance.now() - end < MINUTE) await delay(10);
  measured.refused.push(performance.now() - end);
}

/** Sets the clock a little before the end of the window, and measures from that end by the same clock. */
async function windowEnds(_: SlackClient, uri: string): Promise<void> {
  const session = new pg.Client({ connectionString: uri });
  session.on('error', () => {});
  await session.connect();
  const died = new Promise<number>((resolve) => session.once('end', () => resolve(Date.now())));
  const [use] = Open.parse(await query(OPEN));
  offset = Date.parse(use.expires) - Date.now() - LEAD;
  writeFileSync(clockFile, String(offset));
  const end = Date.parse(use.expires) - offset;
  await delay(end - Date.now());
  while ((await tryLogIn(uri)) === 'in' && Date.now() - end < MINUTE) await delay(10);
  measured.refusedAfterWindow.push(Date.now() - end);
  measured.sessionDeadAfterWindow.push((await died) - end);
}

async function stillOut(): Promise<number> {
  return (await query("SELECT FROM gate.handle WHERE handle LIKE 'break-glass:%'")).length;
}

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: house.ours.url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Where the time goes, by what each use has of itself; a proof is every shown password answered with 28P01. */
async function steps(): Promise<Record<string, number[]>> {
  const all = Steps.parse(await query(STEPS));
  const gap = (from: Moment, to: Moment, uses: Uses = all) =>
    uses.map((use) => Date.parse(use[to]) - Date.parse(use[from]));
  const [ended, ranOut] = [
    all.filter(({ reason }) => reason === 'ended_early'),
    all.filter(({ reason }) => reason === 'expired'),
  ];
  return {
    'submitted to alert taken': gap('opened', 'alerted'),
    'alert taken to account out': gap('alerted', 'out'),
    'account out to credential asked': gap('out', 'asked'),
    'credential asked to minted': gap('asked', 'shown'),
    'end asked to proved dead': gap('ended', 'proved', ended),
    'window’s end to proved dead': gap('expires', 'proved', ranOut),
  };
}

function line(what: string, times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return `${what}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms (${times.length} uses)`;
}
