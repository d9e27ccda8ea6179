import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint, openLogProof, parseCheckpointText } from '../../src/core/checkpoint.js';
import { leafHash, verifyConsistency } from '../../src/core/merkle.js';
import { parseNote, parseVerifierKey } from '../../src/core/note.js';
import { auditRoutes } from '../../src/edges/http/audit.js';
import { auditorsOnly } from '../../src/edges/http/auditor.js';
import { type LedgerHarness, openLedger, tenant } from './harness.js';
import { runAudit } from './run-audit.js';

const token = 'auditor-token-0123456789';
const directory = mkdtempSync(join(tmpdir(), 'published-'));
const reads: string[] = [];
let ledger: LedgerHarness;
let server: ReturnType<typeof serve>;
let http: string;
let base: string;
let early: string;

beforeAll(async () => {
  ledger = await openLedger();
  ledger.start();
  await ledger.enqueue(Array.from({ length: 300 }, () => ({})));
  await ledger.drained();
  const app = auditRoutes({
    pool: ledger.admin,
    tenant,
    subjectKeys: null,
    auditors: auditorsOnly({
      authenticate: async (given) => (given === token ? { label: 'auditor' } : null),
      onRead: async (_, what) => void reads.push(what),
      onRefused: async () => undefined,
    }),
  });
  http = await new Promise((resolve) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    );
  });
  base = `${http}/ledger/${tenant}`;
  early = await read('checkpoint');
  await ledger.enqueue(Array.from({ length: 333 }, () => ({})));
  await ledger.drained();
});
afterAll(async () => {
  server.close();
  await ledger.close();
  rmSync(directory, { recursive: true });
});
afterEach(() => {
  process.exitCode = undefined;
});

const authorized = { headers: { authorization: `Bearer ${token}` } };
const read = async (path: string) => (await fetch(`${base}/${path}`)).text();
const readBytes = async (path: string) =>
  Buffer.from(await (await fetch(`${base}/${path}`, authorized)).arrayBuffer());
const logKeys = async () => {
  const keys = (await read('vkeys')).trimEnd().split('\n').map(parseVerifierKey);
  return { origin: `countersign.log/${tenant}`, keys };
};

test('C2SP tlog-tiles: what is public is readable by anyone, typed and cached as the format asks', async () => {
  const newest = await fetch(`${base}/checkpoint`);
  expect(newest.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(openCheckpoint(await newest.text(), await logKeys()).size).toBe(633);
  const tile = await fetch(`${base}/tile/0/000`);
  expect([tile.headers.get('content-type'), tile.headers.get('cache-control')]).toEqual([
    'application/octet-stream',
    expect.stringContaining('immutable'),
  ]);
  expect((await tile.arrayBuffer()).byteLength).toBe(8192);
  expect(await read('min_index')).toBe('0\n');
});

test('C2SP tlog-tiles: partial tiles of every signed size stay served, as prefixes of what grew out of them', async () => {
  const [partial, full] = await Promise.all([readBytes('tile/0/001.p/44'), readBytes('tile/0/001')]);
  expect(partial).toHaveLength(44 * 32);
  expect(full.subarray(0, partial.length)).toEqual(partial);
  expect(await readBytes('tile/1/000.p/1')).toHaveLength(32);
  for (const path of ['tile/0/002', 'tile/0/002.p/200', 'tile/1/000', 'tile/0/2', 'tile/9/000'])
    expect((await fetch(`${base}/${path}`)).status).toBe(404);
});

test('rule 16: entries need an auditor, the read is told, and each hashes to its leaf', async () => {
  expect((await fetch(`${base}/tile/entries/000`)).status).toBe(401);
  const bundle = await readBytes('tile/entries/001.p/10');
  expect(reads).toContain(new URL(`${base}/tile/entries/001.p/10`).pathname);
  const tile = await readBytes('tile/0/001.p/10');
  let at = 0;
  for (let index = 0; index < 10; index++) {
    const length = bundle.readUInt16BE(at);
    expect(leafHash(bundle.subarray(at + 2, at + 2 + length))).toEqual(
      tile.subarray(index * 32, index * 32 + 32),
    );
    at += 2 + length;
  }
  expect(at).toBe(bundle.length);
});

test('C2SP tlog-proof and consistency: both verify, and what is not there is not found', async () => {
  const leaf = (await readBytes('tile/0/001')).subarray(5 * 32, 6 * 32);
  expect(openLogProof(await read('proof/261'), leaf, await logKeys())).toMatchObject({
    index: 261,
    size: 633,
  });
  const [older, newer] = [early, await read('checkpoint')].map((note) =>
    parseCheckpointText(parseNote(note).text),
  );
  const proof = JSON.parse(await read(`consistency?from=${older?.size}&to=${newer?.size}`)).map(
    (hash: string) => Buffer.from(hash, 'base64'),
  );
  expect(older && newer && verifyConsistency(older, newer, proof)).toBe(true);
  for (const path of [
    'proof/633',
    'proof/01',
    'proof/18446744073709551615',
    'consistency?from=0&to=5',
    'consistency?from=6&to=5',
    'consistency?from=1&to=634',
  ])
    expect((await fetch(`${base}/${path}`)).status).toBe(404);
});

test('an NDJSON verification streams its progress and ends with the verdict', async () => {
  const response = await fetch(`${http}/v1/audit/verify`, {
    headers: { ...authorized.headers, accept: 'application/x-ndjson' },
  });
  const lines = (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.slice(0, -1)).toEqual([{ progress: { checked: 633, size: 633 } }]);
  expect(lines.at(-1)).toMatchObject({ verdict: { ok: true, size: 633 } });
});

test('the chain alone is verified at full speed, to the same root', async () => {
  const verdictOf = async (query: string) =>
    JSON.parse(await (await fetch(`${http}/v1/audit/verify${query}`, authorized)).text());
  const [quick, whole] = [await verdictOf('?depth=chain'), await verdictOf('')];
  expect(quick).toMatchObject({ ok: true, size: 633, root: whole.root });
});

describe('a range of the log', () => {
  const verdictOf = async (query: string) =>
    JSON.parse(await (await fetch(`${http}/v1/audit/verify?${query}`, authorized)).text());

  test.each(['', '&depth=chain'])(
    'is recomputed alone and bound to the newest checkpoint%s',
    async (depth) => {
      expect(await verdictOf(`from=100&to=300${depth}`)).toMatchObject({
        ok: true,
        size: 633,
        range: { from: 100, to: 300 },
        root: parseCheckpointText(parseNote(early).text).root.toString('hex'),
      });
      expect(await verdictOf(`from=600${depth}`)).toMatchObject({ ok: true, range: { from: 600, to: 633 } });
      expect(await verdictOf(`from=256&to=257${depth}`)).toMatchObject({ ok: true });
    },
  );

  test('that reaches beyond the log fails, and one that is none is refused', async () => {
    expect(await verdictOf('from=600&to=634')).toMatchObject({
      ok: false,
      problems: [{ seq: 633, mechanism: 'head' }],
    });
    for (const query of ['from=5&to=5', 'from=6&to=5', 'from=-1', 'to=x', 'depth=some'])
      expect(await verdictOf(query)).toMatchObject({ code: 'malformed' });
  });

  test('is a command too, which says what it covered', async () => {
    expect(await run('verify', '--from', '100', '--to', '300')).toMatchObject({
      code: 0,
      text: expect.stringContaining('OK: entries 100 to 299 of 633 verify.'),
    });
  });
});

test('events are read page by page behind a cursor', async () => {
  const page = async (query: string) =>
    (await (await fetch(`${http}/v1/audit/events?${query}`, authorized)).text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  const first = await page('limit=2');
  expect(first).toMatchObject([{ seq: 0, event: { type: 'test.happened' } }, { seq: 1 }]);
  expect(await page(`limit=1&after=${first.at(-1).seq}`)).toMatchObject([{ seq: 2 }]);
  expect((await fetch(`${http}/v1/audit/events?limit=x`, authorized)).status).toBe(400);
  expect((await fetch(`${http}/v1/audit/events`)).status).toBe(401);
});

const run = (...args: string[]) => runAudit({ http, token }, ...args);

test('the three commands of an auditor: verify, prove, export and check it alone', async () => {
  const key = (await read('vkeys')).trim();
  const file = join(directory, 'log.export');
  expect(await run('verify')).toMatchObject({ code: 0 });
  expect(await run('verify', '--chain')).toMatchObject({ code: 0 });
  expect(await run('prove', '261', '--key', key)).toMatchObject({
    code: 0,
    text: expect.stringContaining('c2sp.org/tlog-proof@v1'),
  });
  expect(await run('prove', '9999', '--key', key)).toMatchObject({ code: 1 });
  expect(await run('export', '--out', file)).toMatchObject({ code: 0 });
  const script = fileURLToPath(new URL('../../scripts/verify-ledger.mjs', import.meta.url));
  expect(
    execFileSync(process.execPath, [
      script,
      '--export',
      file,
      '--key',
      key,
      '--checkpoint',
      early,
    ]).toString(),
  ).toContain('OK: 633 entries');
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(636);
});

const goProgram = buildGoProgram();

/**
 * Null where there is no Go, or its module cannot be had: said aloud, since it is the only check that shares no code
 * with us.
 */
function buildGoProgram(): string | null {
  const path = join(directory, 'verify');
  try {
    execFileSync('go', ['build', '-o', path, '.'], {
      cwd: fileURLToPath(new URL('go', import.meta.url)),
      stdio: 'pipe',
    });
    return path;
  } catch {
    console.warn(
      'SKIPPED: golang.org/x/mod/sumdb was not run against the log, because `go build` did not work here.',
    );
    return null;
  }
}

test.skipIf(goProgram === null)(
  "Go's sumdb/note and sumdb/tlog verify our checkpoints, tiles and proofs unchanged",
  async () => {
    const index = 261;
    const bundle = await readBytes('tile/entries/001');
    let at = 0;
    for (let skip = index % 256; skip > 0; skip--) at += 2 + bundle.readUInt16BE(at);
    const entry = bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at));
    const asked = {
      url: base,
      vkey: (await read('vkeys')).trim(),
      from: early,
      entry: entry.toString('base64'),
      index,
    };
    const text = await new Promise<string>((resolve) => {
      const child = execFile(goProgram ?? '', (_, stdout, stderr) => resolve(stdout + stderr));
      child.stdin?.end(JSON.stringify(asked));
    });
    expect(text).toBe('ok 300 633\n');
  },
);
