import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
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
 * pager, and from End Now to the shown credential refused. Everything as in the demo, over real HTTP and PostgreSQL.
 *
 *   npx tsx scripts/bench/break-glass.ts [rounds]
 */
const ROUNDS = Number(process.argv[2] ?? 20);
const MINUTE = 60_000;
const STEPS = `
  SELECT details->>'openedAt' AS opened, details->'alerts'->0->>'at' AS alerted, details->'window'->>'checkedOutAt' AS out,
    details->'showings'->0->>'askedAt' AS asked, details->'showings'->0->>'shownAt' AS shown,
    details->'end'->>'askedAt' AS ended, details->'end'->>'provedAt' AS proved
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
  }),
);
type Uses = z.infer<typeof Steps>;

const dataDir = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
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
  clockFile: null,
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
};
try {
  for (let round = 0; round < ROUNDS; round += 1) await oneUse(slack);
  const report = { ...measured, ...(await steps()) };
  for (const [what, times] of Object.entries(report)) process.stdout.write(`${line(what, times)}\n`);
} finally {
  slack.close();
  await house.stop();
  pager.close();
  for (const cluster of ['ours', 'target-cluster']) await removeCluster(join(dataDir, cluster));
  rmSync(dataDir, { recursive: true, force: true });
}

async function oneUse(client: SlackClient): Promise<void> {
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
  const end = performance.now();
  await client.command(alice, CHANNELS.general, '/break-glass end');
  while ((await tryLogIn(uri)) === 'in' && performance.now() - end < MINUTE) await delay(10);
  measured.refused.push(performance.now() - end);
  await waitUntil('the proof', async () => (await stillOut()) === 0, MINUTE);
}

async function stillOut(): Promise<number> {
  const client = new pg.Client({ connectionString: house.ours.url });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT FROM gate.handle WHERE handle LIKE 'break-glass:%'");
    return rowCount ?? 0;
  } finally {
    await client.end();
  }
}

/** Where the time goes, by what each use has of itself: all but the first and the last are steps to the credential. */
async function steps(): Promise<Record<string, number[]>> {
  const client = new pg.Client({ connectionString: house.ours.url });
  await client.connect();
  try {
    const { rows } = await client.query(STEPS);
    const all = Steps.parse(rows);
    const gap = (from: keyof Uses[number], to: keyof Uses[number]) =>
      all.map((use) => Date.parse(use[to]) - Date.parse(use[from]));
    return {
      'submitted to alert taken': gap('opened', 'alerted'),
      'alert taken to account out': gap('alerted', 'out'),
      'account out to credential asked': gap('out', 'asked'),
      'credential asked to minted': gap('asked', 'shown'),
      'end asked to proved dead': gap('ended', 'proved'),
    };
  } finally {
    await client.end();
  }
}

function line(what: string, times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return `${what}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms (${times.length} uses)`;
}
