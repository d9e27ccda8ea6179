import { generateKeyPairSync, hash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { signCheckpoint } from '../../src/core/checkpoint.js';
import { systemClock } from '../../src/core/clock.js';
import { decodeEntry, encodeEntry, genesisHash } from '../../src/core/entry.js';
import { leafHash } from '../../src/core/merkle.js';
import { TenantId } from '../../src/core/tenant.js';
import { appendBatch, openRanges } from '../../src/ledger/append.js';
import { buildBatch, type InboxRow, type LogHead } from '../../src/ledger/batch.js';
import { checkChain } from '../../src/ledger/check-chain.js';
import { copyEntries } from '../../src/ledger/copy-entries.js';
import { checkpointKeysOf, logOrigin, startSequencer, verifyLedger } from '../../src/ledger/index.js';
import { takeLog } from '../../src/ledger/take-log.js';
import { edgeRoot } from '../../src/ledger/tree.js';
import { verifyChain } from '../../src/ledger/verify-chain.js';
import { startCluster } from '../lib/embedded-postgres.js';
import { migrate } from '../lib/migrate.js';

// Ratios beside their floors in one run: docs/performance.md says what each means.
//   node --import tsx scripts/bench/ledger.ts [--entries 1000000] [--seconds 4]
const { values } = parseArgs({
  options: { entries: { type: 'string', default: '1000000' }, seconds: { type: 'string', default: '4' } },
});
const ENTRIES = Number(values.entries);
const SECONDS = Number(values.seconds);
const EVENT_BYTES = 571;
const BATCH = 2000;

const dataDir = mkdtempSync(join(tmpdir(), 'bench-ledger-'));
const cluster = await startCluster({
  dataDir: join(dataDir, 'pg'),
  password: randomBytes(12).toString('hex'),
});
const password = randomBytes(12).toString('hex');
await migrate({
  adminUrl: cluster.url,
  passwords: { cs_app: password, cs_worker: password, cs_sequencer: password, cs_doer: password },
});
const pool = new pg.Pool({ connectionString: cluster.url, max: 64 });
const keys = checkpointKeysOf(generateKeyPairSync('ed25519').privateKey);

const newEvent = (): InboxRow => {
  const eventId = crypto.randomUUID();
  const body = `{"actor":{"process":"bench"},"commitments":{},"data":{},"decision":null,"id":"${eventId}","people":{},"request":null,"text":"`;
  const end = '","type":"bench.happened"}';
  return {
    eventId,
    payload: Buffer.from(`${body}${'x'.repeat(EVENT_BYTES - body.length - end.length)}${end}`),
  };
};

/** Callers in a loop for some seconds; events a second and latency percentiles in ms. */
async function drive(callers: number, act: () => Promise<unknown>) {
  const latencies: number[] = [];
  const end = performance.now() + SECONDS * 1000;
  const loop = async () => {
    while (performance.now() < end) {
      const from = performance.now();
      await act();
      latencies.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: callers }, loop));
  latencies.sort((left, right) => left - right);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
  return { rate: latencies.length / SECONDS, p50: at(0.5), p99: at(0.99) };
}

const show = (label: string, { rate, p50, p99 }: Awaited<ReturnType<typeof drive>>) =>
  console.log(
    `  ${label.padEnd(44)} ${Math.round(rate).toString().padStart(7)}/s   p50 ${p50.toFixed(1)} ms   p99 ${p99.toFixed(1)} ms`,
  );
const aims: string[] = [];
const aim = (label: string, value: number, floor: number, atMost = false) => {
  const isMet = atMost ? value <= floor : value >= floor;
  aims.push(
    `  ${isMet ? 'met   ' : 'MISSED'} ${label}: ${value.toFixed(2)} (aim ${atMost ? '≤' : '≥'} ${floor})`,
  );
};

await pool.query('CREATE TABLE raw_event (id uuid PRIMARY KEY, payload bytea NOT NULL)');
await pool.query(
  'CREATE TABLE naive_event (seq bigint PRIMARY KEY, prev bytea NOT NULL, payload bytea NOT NULL)',
);
await pool.query(
  "CREATE TABLE naive_head (one int PRIMARY KEY, size bigint NOT NULL, last bytea NOT NULL); INSERT INTO naive_head VALUES (1, 0, '\\x00')",
);

const insertRaw = () => {
  const { eventId, payload } = newEvent();
  return pool.query({
    name: 'raw',
    text: 'INSERT INTO raw_event VALUES ($1, $2)',
    values: [eventId, payload],
  });
};

async function insertNaive() {
  const client = await pool.connect();
  const { payload } = newEvent();
  await client.query('BEGIN');
  const { rows } = await client.query<{ size: string; last: Buffer }>({
    name: 'naive-head',
    text: 'SELECT size, last FROM naive_head WHERE one = 1 FOR UPDATE',
  });
  const { size, last } = rows[0] ?? { size: '0', last: Buffer.alloc(0) };
  await client.query({
    name: 'naive-row',
    text: 'INSERT INTO naive_event VALUES ($1, $2, $3)',
    values: [size, last, payload],
  });
  await client.query({
    name: 'naive-move',
    text: 'UPDATE naive_head SET size = size + 1, last = $1 WHERE one = 1',
    values: [leafHash(payload)],
  });
  await client.query('COMMIT');
  client.release();
}

/** Group commit: whoever comes while a batch is on its way shares the next. Acknowledged when durable. */
async function openAppender(tenant: string) {
  const client = new pg.Client({ connectionString: cluster.url });
  await client.connect();
  let head: LogHead = await takeLog(client, tenant, logOrigin(tenant));
  let waiting: { row: InboxRow; resolve: () => void }[] = [];
  let isBusy = false;
  const write = async (rows: readonly InboxRow[]) => {
    const batch = buildBatch(head, rows, systemClock.now());
    await openRanges(client, batch);
    const { origin, size, edge } = batch.after;
    const note = signCheckpoint(
      { origin, size, root: edgeRoot(edge) },
      keys.signersFor(origin),
      systemClock.now(),
    );
    if (!(await appendBatch(client, batch, note))) throw new Error('fenced');
    head = batch.after;
  };
  const pump = async () => {
    if (isBusy) return;
    isBusy = true;
    while (waiting.length > 0) {
      // Those just answered come back first: without this pause every other batch would be of one.
      await new Promise((resolve) => setImmediate(resolve));
      const taken = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      await write(taken.map(({ row }) => row));
      for (const { resolve } of taken) resolve();
    }
    isBusy = false;
  };
  const append = () =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ row: newEvent(), resolve });
      pump().catch(reject);
    });
  return { append, write, size: () => head.size, close: () => client.end() };
}

console.log(`Append, ${EVENT_BYTES}-byte events, ${SECONDS} s each`);
const appender = await openAppender('T1');
const ratio: Record<
  number,
  {
    raw: Awaited<ReturnType<typeof drive>>;
    ours: Awaited<ReturnType<typeof drive>>;
    naive: Awaited<ReturnType<typeof drive>>;
  }
> = {};
for (const callers of [1, 8, 32, 64]) {
  const raw = await drive(callers, insertRaw);
  const naive = await drive(callers, insertNaive);
  const ours = await drive(callers, appender.append);
  show(`${callers} callers: raw single-row INSERT`, raw);
  show(`${callers} callers: naive chain, FOR UPDATE`, naive);
  show(`${callers} callers: chain + tree + tiles + signature`, ours);
  ratio[callers] = { raw, naive, ours };
}
const [one, many] = [ratio[1], ratio[64]];
if (one && many) {
  aim('append at 64 callers / raw INSERT', many.ours.rate / many.raw.rate, 3);
  aim('append at 64 callers / naive chain', many.ours.rate / many.naive.rate, 15);
  aim("append p99 at 64 callers / raw INSERT's", many.ours.p99 / many.raw.p99, 0.35, true);
  aim('append at 1 caller / raw INSERT', one.ours.rate / one.raw.rate, 0.7);
}

console.log('Inbox, 8 connections, sequencer running');
const memory = { remember: async () => {}, recall: async () => [] };
const silent = { info: () => {}, warn: () => {}, error: () => {} };
const sequencer = startSequencer({
  databaseUrl: cluster.url,
  clock: systemClock,
  pollMilliseconds: 5,
  keys,
  memory,
  log: silent,
});
const inboxTenant = TenantId.parse('T2');
const sample: Promise<number>[] = [];
async function enqueue() {
  const { eventId, payload } = newEvent();
  const event = [{ eventId, payload: payload.toString(), personal: [], policyInput: null }];
  await pool.query({
    name: 'enqueue',
    text: 'SELECT ledger.enqueue($1, $2)',
    values: [inboxTenant, JSON.stringify(event)],
  });
  if (Math.random() < 0.01) sample.push(untilSequenced(eventId, performance.now()));
}
async function untilSequenced(eventId: string, from: number): Promise<number> {
  const text = 'SELECT FROM ledger.ledger_sequenced WHERE tenant = $1 AND event_id = $2';
  while ((await pool.query({ name: 'sequenced', text, values: [inboxTenant, eventId] })).rowCount === 0)
    await new Promise((resolve) => setTimeout(resolve, 1));
  return performance.now() - from;
}
await drive(1, enqueue);
sample.length = 0;
const raw8 = await drive(8, insertRaw);
const inbox8 = await drive(8, enqueue);
const lags = (await Promise.all(sample)).sort((left, right) => left - right);
await sequencer.stop();
show('8 connections: raw single-row INSERT', raw8);
show('8 connections: inbox', inbox8);
const sequencedP99 = lags[Math.floor(lags.length * 0.99)] ?? 0;
console.log(`  sequenced p99 ${sequencedP99.toFixed(1)} ms over ${lags.length} samples`);
aim('inbox / raw INSERT at 8 connections', inbox8.rate / raw8.rate, 0.6);
aim('sequenced p99 at 8 connections, ms', sequencedP99, 25, true);

console.log(`Verify ${ENTRIES} entries`);
while (appender.size() < ENTRIES)
  await appender.write(Array.from({ length: Math.min(BATCH, ENTRIES - appender.size()) }, newEvent));
await appender.close();
await pool.query('VACUUM ANALYZE ledger.ledger_entry');
const tenant = TenantId.parse('T1');
const timed = async (label: string, count: number, work: () => unknown): Promise<number> => {
  const from = performance.now();
  await work();
  const rate = count / ((performance.now() - from) / 1000);
  console.log(
    `  ${label.padEnd(44)} ${Math.round(rate).toString().padStart(7)}/s   rss ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`,
  );
  return rate;
};
const block = randomBytes(54 + EVENT_BYTES + 1);
const sha = await timed('SHA-256 alone', 500_000, () => {
  for (let round = 0; round < 500_000; round++) hash('sha256', block, 'binary');
});
const size = appender.size();
const copied = await timed('leaf + chain + tree, COPY BINARY', size, async () => {
  const verdict = await verifyChain(pool, tenant);
  if (!verdict.ok || verdict.size !== size) throw new Error('the log does not verify');
});
/** What others measure: each leaf recomputed and named by its successor, without the tree's second hash an entry. */
const checkLinks = () => {
  let prev: Buffer | null = null;
  return (entry: Buffer, leaf: Buffer) => {
    if (prev && !prev.equals(decodeEntry(entry).prev)) throw new Error('the chain is broken');
    prev = leaf;
  };
};
const linked = await timed('leaf + chain, COPY BINARY', size, async () => {
  const check = checkLinks();
  const client = await pool.connect();
  await copyEntries(client, { tenant, from: 0, to: size }, ({ entry, leaf }) => check(entry, leaf));
  client.release();
});
const cursor = await timed('leaf + chain + tree, pages of 2,000 rows', size, async () => {
  const chain = checkChain(logOrigin(tenant));
  for (let from = 0; from < size; from += BATCH) {
    const { rows } = await pool.query<{ seq: string; entry: Buffer; leaf_hash: Buffer }>({
      name: 'page',
      text: 'SELECT seq, entry, leaf_hash FROM ledger.ledger_entry WHERE tenant = $1 AND seq >= $2 AND seq < $3 ORDER BY seq',
      values: [tenant, from, from + BATCH],
    });
    for (const row of rows) chain.add({ seq: Number(row.seq), entry: row.entry, leafHash: row.leaf_hash });
  }
});
const inMemory = Math.min(size, 200_000);
let prev: Buffer = genesisHash('bench');
const log = Array.from({ length: inMemory }, (_, seq) => {
  const entry = encodeEntry({ seq, timeMicros: 1n, prev, payload: block.subarray(0, EVENT_BYTES) });
  prev = leafHash(entry);
  return { seq, entry, leafHash: prev };
});
const memoryLinks = await timed('leaf + chain, in memory', inMemory, () => {
  const check = checkLinks();
  for (const { entry } of log) check(entry, leafHash(entry));
});
await timed('leaf + chain + tree, in memory', inMemory, () => {
  const chain = checkChain('bench');
  for (const stored of log) chain.add(stored);
});
await timed(
  'everything, beside the entries too (inbox log)',
  Number((await pool.query("SELECT size FROM ledger.ledger_head WHERE tenant = 'T2'")).rows[0].size),
  async () => {
    const report = await verifyLedger(pool, inboxTenant);
    if (!report.ok) throw new Error(`the log does not verify: ${JSON.stringify(report.problems[0])}`);
  },
);
aim('verify from Postgres / SHA-256 alone', linked / sha, 0.25);
aim('verify from Postgres / pages of rows, tree in both', copied / cursor, 3);
aim('verify in memory / SHA-256 alone', memoryLinks / sha, 0.5);

console.log(`Aims\n${aims.join('\n')}`);
await pool.end();
await cluster.stop();
rmSync(dataDir, { recursive: true, force: true });
