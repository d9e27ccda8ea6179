import { serve } from '@hono/node-server';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sha256Hex } from '../../src/core/canonical.js';
import { manualClock } from '../../src/core/clock.js';
import { auditRoutes } from '../../src/edges/http/audit.js';
import { auditorsOnly, auditorTokens } from '../../src/edges/http/auditor.js';
import type { AnchoredCheckpoint } from '../../src/ledger/index.js';
import { readTree, storedTiles } from '../../src/ledger/tree-reader.js';
import { type LedgerHarness, openLedger, tenant } from './harness.js';
import { runAudit } from './run-audit.js';

const token = 'auditor-token-0123456789';
const clock = manualClock(new Date('2026-11-21T12:00:00Z'));
const reads: string[] = [];
const refused: string[] = [];
let anchored: AnchoredCheckpoint[] = [];
let ledger: LedgerHarness;
let server: ReturnType<typeof serve>;
let url: string;

beforeAll(async () => {
  ledger = await openLedger();
  ledger.start();
  await ledger.enqueue([{}, {}, {}]);
  await ledger.drained();
  await ledger.admin.query(
    'INSERT INTO gate.auditor_token (tenant, digest, label, expires_at, created_at) VALUES ($1, $2, $3, $4, $5)',
    [tenant, sha256Hex(token), 'external auditor', new Date('2026-11-22T12:00:00Z'), clock.now()],
  );
  const app = auditRoutes({
    pool: ledger.admin,
    tenant,
    auditors: auditorsOnly({
      authenticate: auditorTokens({ pool: ledger.admin, tenant, clock }),
      onRead: async (label, what) => void reads.push(`${label}: ${what}`),
      onRefused: async () => void refused.push('refused'),
    }),
    subjectKeys: ledger.subjectKeys,
    anchored: async () => anchored,
  });
  url = await new Promise((resolve) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (at) =>
      resolve(`http://127.0.0.1:${at.port}`),
    );
  });
});
afterAll(async () => {
  server.close();
  await ledger.close();
});
afterEach(() => {
  anchored = [];
  process.exitCode = undefined;
});

const verify = (bearer?: string) =>
  fetch(
    `${url}/v1/audit/verify`,
    bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } },
  );

const runVerify = (bearer: string, ...more: string[]) =>
  runAudit({ http: url, token: bearer }, 'verify', ...more);

test('rule 16: without an auditor token there is no answer', async () => {
  expect((await verify()).status).toBe(401);
  expect((await verify('some-other-token-0123456789')).status).toBe(401);
  expect(reads).toEqual([]);
  expect(refused).toHaveLength(2);
});

test('a token past its end is refused', async () => {
  clock.set(new Date('2026-11-23T12:00:00Z'));
  expect((await verify(token)).status).toBe(401);
  clock.set(new Date('2026-11-21T12:00:00Z'));
});

test('with a token the whole log is recomputed, and the read is told before it is answered', async () => {
  expect(await (await verify(token)).json()).toMatchObject({ ok: true, size: 3, problems: [] });
  expect(reads).toEqual(['external auditor: /v1/audit/verify']);
});

test('the command exits 0 on a whole log and 1 on a refused token', async () => {
  expect(await runVerify(token)).toEqual({
    code: 0,
    text: expect.stringMatching(
      /^OK: 3 entries verify\. Root [0-9a-f]{64}\nNo anchor was compared: only this/,
    ),
  });
  expect(await runVerify('some-other-token-0123456789')).toEqual({
    code: 1,
    text: expect.stringContaining('token is not accepted'),
  });
});

describe('attack 10: what each side was shown is held together by a quorum of trust domains', () => {
  const anchor = (name: string, domain: string, root: Buffer | null): AnchoredCheckpoint => ({
    anchor: name,
    domain,
    checkpoint: root && { size: 3, root },
  });
  const rootOf = () => readTree(storedTiles(ledger.admin, tenant), 3).root();

  test('anchors of one owner count once, and one that did not answer not at all', async () => {
    const root = await rootOf();
    anchored = [
      anchor('w1', 'security', root),
      anchor('w2', 'security', root),
      anchor('w3', 'customer', null),
    ];
    expect(await (await verify(token)).json()).toMatchObject({
      ok: true,
      quorum: { agreeing: 2, of: 3, domains: ['security'] },
    });
    expect(await runVerify(token, '--quorum', '1')).toMatchObject({
      code: 0,
      text: expect.stringContaining('Quorum: 2 of 3 anchors agree, in 1 trust domains.'),
    });
    expect(await runVerify(token, '--quorum', '2')).toMatchObject({
      code: 1,
      text: expect.stringContaining('FAILED: you ask for 2 trust domains'),
    });
    anchored = [anchor('w1', 'security', root), anchor('w3', 'customer', root)];
    expect(await runVerify(token, '--quorum', '2')).toMatchObject({ code: 0 });
  });

  test('a witness that was shown another history fails the verdict, whoever else agrees', async () => {
    anchored = [anchor('w1', 'security', await rootOf()), anchor('w3', 'customer', Buffer.alloc(32, 7))];
    expect(await runVerify(token, '--quorum', '1')).toMatchObject({
      code: 1,
      text: expect.stringMatching(
        /anchor: w3 keeps another history of the first 3 entries[\s\S]*w3 \(customer\): DISAGREES/,
      ),
    });
  });
});

test('attack 1: a changed byte is answered with ok:false and the seq, and the command exits 1', async () => {
  const { rows } = await ledger.admin.query<{ part: string }>(
    "SELECT relid::regclass::text AS part FROM pg_partition_tree('ledger.ledger_entry') WHERE isleaf",
  );
  const part = rows[0]?.part ?? '';
  await ledger.admin.query(`ALTER TABLE ${part} DISABLE TRIGGER refuse_change`);
  await ledger.admin.query(
    `UPDATE ${part} SET entry = set_byte(entry, 99, get_byte(entry, 99) # 1) WHERE seq = 1`,
  );
  await ledger.admin.query(`ALTER TABLE ${part} ENABLE ALWAYS TRIGGER refuse_change`);
  const report = await (await verify(token)).json();
  expect(report).toMatchObject({
    ok: false,
    problems: expect.arrayContaining([expect.objectContaining({ seq: 1 })]),
  });
  expect(await runVerify(token)).toEqual({ code: 1, text: expect.stringContaining('entry 1: prev') });
});
