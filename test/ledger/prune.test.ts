import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signCheckpoint } from '../../src/core/checkpoint.js';
import { newEventId, newRequestId } from '../../src/core/ids.js';
import { verifierKeyOf } from '../../src/core/note.js';
import type { RequestId } from '../../src/core/tenant.js';
import { appendBatch, openRanges } from '../../src/ledger/append.js';
import { buildBatch, type LogHead } from '../../src/ledger/batch.js';
import {
  checkpointKeysOf,
  exportLog,
  fileMemory,
  logOrigin,
  proveEntry,
  pruneOldestRange,
  publishedLog,
  readRequestEvents,
  verifyLedger,
} from '../../src/ledger/index.js';
import { encodePayload } from '../../src/ledger/payload.js';
import { announceKeys, takeLog } from '../../src/ledger/take-log.js';
import { edgeRoot, RANGE_ENTRIES } from '../../src/ledger/tree.js';
import { type LedgerHarness, openLedger, tenant } from './harness.js';

/** Pruning (attack 19), on a log of one full range and a little more. */

const origin = logOrigin(tenant);
const privateKey = generateKeyPairSync('ed25519').privateKey;
const keys = checkpointKeysOf(privateKey);
const vkey = verifierKeyOf({ name: origin, type: 0x01, privateKey });
const directory = mkdtempSync(join(tmpdir(), 'prune-'));
const whole = join(directory, 'whole.export');
const LONG_AGO = new Date('2024-01-01T00:00:00Z');
const NOW = new Date('2026-11-21T12:00:00Z');
let ledger: LedgerHarness;

/** A request that every batch begins with an entry about. */
const busy = newRequestId();

const event = (request: RequestId | null) => {
  const id = newEventId();
  const nothing = { people: {}, commitments: {}, data: {}, decision: null };
  const actor = { process: 'test' };
  const payload = encodePayload({
    id,
    type: 'test.happened',
    at: LONG_AGO,
    request,
    actor,
    ...nothing,
  });
  return { eventId: id, payload: Buffer.from(payload) };
};

beforeAll(async () => {
  ledger = await openLedger();
  const client = new pg.Client({ connectionString: ledger.database.urls.admin });
  await client.connect();
  let head: LogHead = await takeLog(client, tenant, origin);
  await announceKeys(client, head, keys, LONG_AGO);
  const append = async (count: number, at: Date) => {
    const batch = buildBatch(
      head,
      Array.from({ length: count }, (_, at) => event(at === 0 ? busy : null)),
      at,
    );
    await openRanges(client, batch);
    const { size, edge } = batch.after;
    const note = signCheckpoint({ origin, size, root: edgeRoot(edge) }, keys.signersFor(origin), at);
    expect(await appendBatch(client, batch, note)).toBe(true);
    head = batch.after;
  };
  while (head.size < RANGE_ENTRIES + 40)
    await append(Math.min(4_096, RANGE_ENTRIES + 40 - head.size), LONG_AGO);
  await client.end();
  writeFileSync(whole, await exported());
});
afterAll(async () => {
  await ledger.close();
  rmSync(directory, { recursive: true });
});

async function exported(): Promise<string> {
  let text = '';
  for await (const part of exportLog(ledger.admin, tenant)) text += part;
  return text;
}

test('what began lately is looked for no further back than the range that was being written then', async () => {
  const seqs = async (since?: Date) =>
    (await readRequestEvents(ledger.admin, tenant, { requests: [busy], ...(since && { since }) })).map(
      ({ seq }) => seq,
    );
  const all = await seqs();
  expect(all.length).toBeGreaterThan(2);
  expect(await seqs(LONG_AGO)).toEqual(all);
  expect(await seqs(NOW)).toEqual(all.filter((seq) => seq >= RANGE_ENTRIES));
  expect(await seqs(NOW)).not.toEqual([]);
});

async function* linesOf(text: string): AsyncGenerator<string> {
  yield* text.trimEnd().split('\n');
}

const prune = (text: string) => pruneOldestRange(ledger.admin, tenant, { archive: linesOf(text), at: NOW });
const verify = () => verifyLedger(ledger.admin, tenant);

const verifyAlone = (file: string, ...more: string[]): Promise<string> =>
  new Promise((done) => {
    const script = resolve('scripts/verify-ledger.mjs');
    execFile(process.execPath, [script, '--export', file, '--key', vkey, ...more], (_, stdout, stderr) =>
      done(stdout + stderr),
    );
  });

/** Events of today, by a sequencer whose clock is today's. */
async function sequence(): Promise<void> {
  const memory = fileMemory(join(directory, 'memory'));
  const sequencer = ledger.start({ keys, memory, clock: { now: () => NOW } });
  await ledger.enqueue([{}]);
  await ledger.drained();
  await sequencer.stop();
}

test('what is younger than 24 months stays, whoever asks', async () => {
  await expect(prune(readFileSync(whole, 'utf8'))).rejects.toMatchObject({
    code: 'prune_refused',
    message: expect.stringContaining('older than 24 months'),
  });
});

test('a legal hold, or an archive that lacks or changed one entry, keeps everything', async () => {
  await sequence();
  const text = readFileSync(whole, 'utf8');
  await ledger.admin.query("INSERT INTO ledger.ledger_hold VALUES ($1, 'case 7', now())", [tenant]);
  await expect(prune(text)).rejects.toThrow('a legal hold stands');
  await ledger.admin.query('DELETE FROM ledger.ledger_hold');
  const lines = text.trimEnd().split('\n');
  await expect(prune(lines.toSpliced(500, 1).join('\n'))).rejects.toThrow('does not hold entry 499');
  await expect(prune(lines.slice(0, 900).join('\n'))).rejects.toThrow('ends before entry 65536');
  expect(await publishedLog(ledger.admin, tenant).minIndex()).toBe(0);
});

test('pruned, min_index grows, the tree and its proofs are as before, and the ledger tells of it', async () => {
  const log = publishedLog(ledger.admin, tenant);
  const proof = await log.proof(7);
  await prune(readFileSync(whole, 'utf8'));
  expect(await log.minIndex()).toBe(RANGE_ENTRIES);
  expect(await log.proof(7)).toBe(proof);
  expect(await proveEntry(ledger.admin, tenant, 7)).toBeNull();
  await sequence();
  const report = await verify();
  expect(report).toMatchObject({ ok: true, reconciled: true, range: { from: RANGE_ENTRIES } });
  const entries = await ledger.admin.query(
    "SELECT FROM ledger.ledger_entry WHERE position('ledger.pruned'::bytea IN entry) > 0",
  );
  expect(entries.rowCount).toBe(1);
});

test('attack 19: min_index never falls, and a range is never pruned twice', async () => {
  await expect(ledger.admin.query('UPDATE ledger.ledger_range SET pruned = false')).rejects.toThrow(
    'only ever pruned',
  );
  await expect(ledger.admin.query('DELETE FROM ledger.ledger_range')).rejects.toThrow('refused');
  await expect(prune(readFileSync(whole, 'utf8'))).rejects.toMatchObject({ code: 'prune_refused' });
});

test('the stand-alone verifier says from where on it saw entries, and what it can no longer hold a checkpoint to', async () => {
  const file = join(directory, 'rest.export');
  writeFileSync(file, await exported());
  expect(await verifyAlone(file)).toMatch(/^OK: .* Entries before 65536 were pruned/);
  const { rows } = await ledger.admin.query<{ note: string }>(
    'SELECT note FROM ledger.ledger_checkpoint ORDER BY size LIMIT 1',
  );
  expect(await verifyAlone(file, '--checkpoint', rows[0]?.note ?? '')).toContain('older than entry 65536');
  const forged = readFileSync(file, 'utf8').replace(
    /"edge":\["./,
    (part) => `${part.slice(0, -1)}${part.endsWith('A') ? 'B' : 'A'}`,
  );
  writeFileSync(file, forged);
  expect(await verifyAlone(file)).toContain('FAILED');
});

test('attack 19: a range that the database says was pruned, and the ledger does not, or too early, is named', async () => {
  await ledger.admin.query('UPDATE ledger.ledger_range SET pruned = true WHERE NOT pruned');
  const untold = (await verify()).problems.map(({ mechanism }) => mechanism);
  expect(untold).toContain('unledgered');
});
