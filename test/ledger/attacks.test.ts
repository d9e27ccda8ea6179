import { execFile } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256Hex } from '../../src/core/canonical.js';
import { signCheckpoint } from '../../src/core/checkpoint.js';
import { manualClock, systemClock } from '../../src/core/clock.js';
import { decodeEntry, encodeEntry, genesisHash } from '../../src/core/entry.js';
import { newPacketId, newRequestId } from '../../src/core/ids.js';
import { leafHash } from '../../src/core/merkle.js';
import { parseVerifierKey, signNote, verifierKeyOf } from '../../src/core/note.js';
import { TenantId } from '../../src/core/tenant.js';
import { witnessRoutes } from '../../src/edges/http/witness.js';
import {
  type Anchor,
  anchorNewest,
  channelAnchor,
  checkpointKeysOf,
  createWitness,
  exportLog,
  fileAnchor,
  fileMemory,
  publishedLog,
  readAnchors,
  recallFromAnchors,
  startAnchoring,
  verifyChain,
  verifyLedger,
  witnessAnchor,
} from '../../src/ledger/index.js';
import { appendLeaf, edgeRoot, emptyEdge, encodeEdge } from '../../src/ledger/tree.js';
import { readTree, storedTiles } from '../../src/ledger/tree-reader.js';
import { alice, type LedgerHarness, openLedger, tenant, until } from './harness.js';

const origin = 'countersign.log/T1';
const logKey = generateKeyPairSync('ed25519').privateKey;
const keys = checkpointKeysOf(logKey);
const vkey = verifierKeyOf({ name: origin, type: 0x01, privateKey: logKey });
const script = fileURLToPath(new URL('../../scripts/verify-ledger.mjs', import.meta.url));

let ledger: LedgerHarness;
let directory: string;
beforeEach(async () => {
  ledger = await openLedger();
  directory = await mkdtemp(join(tmpdir(), 'attacks-'));
});
afterEach(async () => {
  await ledger.close();
  await rm(directory, { recursive: true });
});

const memory = () => fileMemory(directory);
const sequence = async (count: number) => {
  const sequencer = ledger.start({ keys, memory: memory() });
  for (let round = 0; round < count; round++) await ledger.enqueue([{ data: { round } }]);
  await ledger.drained();
  await sequencer.stop();
};

/** The database superuser, with every trigger out of the way and put back afterwards. */
async function asSuperuser(
  work: (query: (sql: string, values?: unknown[]) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const client = await ledger.admin.connect();
  const { rows } = await client.query<{ name: string; trigger: string }>(
    `SELECT tgrelid::regclass::text AS name, tgname AS trigger FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0
     AND tgrelid::regclass::text LIKE 'ledger.%'`,
  );
  const all = rows.map(({ name, trigger }) => [name, trigger]);
  for (const [name, trigger] of all) await client.query(`ALTER TABLE ${name} DISABLE TRIGGER ${trigger}`);
  await work((sql, values) => client.query(sql, values));
  for (const [name, trigger] of all)
    await client.query(`ALTER TABLE ${name} ENABLE ALWAYS TRIGGER ${trigger}`);
  client.release();
}

/** A perfect forger: rewrites from `from` on, re-chains, re-hashes head and tiles, and signs anew with the key he holds. */
async function rewriteHistory(options: { from: number; drop?: number; key: KeyObject }): Promise<void> {
  const { rows } = await ledger.admin.query<{ seq: string; entry: Buffer }>(
    'SELECT seq, entry FROM ledger.ledger_entry ORDER BY seq',
  );
  const edge = emptyEdge();
  let prev: Buffer = genesisHash(origin);
  const kept = rows.slice(0, rows.length - (options.drop ?? 0)).map(({ entry }, seq) => {
    const { timeMicros, payload } = decodeEntry(entry);
    const forged =
      seq < options.from
        ? payload
        : Buffer.from(Buffer.from(payload).toString().replace('"round":', '"raund":'));
    const bytes = encodeEntry({ seq, timeMicros, prev, payload: forged });
    prev = leafHash(bytes);
    appendLeaf(edge, prev);
    return { seq, bytes };
  });
  const note = signCheckpoint(
    { origin, size: edge.size, root: edgeRoot(edge) },
    checkpointKeysOf(options.key).signersFor(origin),
    systemClock.now(),
  );
  await asSuperuser(async (query) => {
    await query('DELETE FROM ledger.ledger_sequenced WHERE seq >= $1', [kept.length]);
    await query('DELETE FROM ledger.ledger_entry');
    await query('DELETE FROM ledger.ledger_cosignature');
    await query('DELETE FROM ledger.ledger_checkpoint');
    await query('DELETE FROM ledger.ledger_anchor');
    for (const { seq, bytes } of kept)
      await query('INSERT INTO ledger.ledger_entry (tenant, seq, entry) VALUES ($1, $2, $3)', [
        tenant,
        seq,
        bytes,
      ]);
    await query('UPDATE ledger.ledger_head SET size = $1, last_leaf = $2, edge = $3', [
      edge.size,
      prev,
      encodeEdge(edge),
    ]);
    await query('INSERT INTO ledger.ledger_checkpoint VALUES ($1, $2, $3, $4, 0)', [
      tenant,
      edge.size,
      edgeRoot(edge),
      note,
    ]);
  });
}

async function exportTo(file: string): Promise<string> {
  let text = '';
  for await (const part of exportLog(ledger.admin, tenant)) text += part;
  await writeFile(file, text);
  return text;
}

const verifyAlone = (...args: string[]): Promise<{ code: number; text: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], (error, stdout, stderr) =>
      resolve({ code: error ? 1 : 0, text: stdout + stderr }),
    );
  });

describe('anchors outside the database', () => {
  const witnessSigner = {
    name: 'witness.example/security',
    type: 0x04 as const,
    privateKey: generateKeyPairSync('ed25519').privateKey,
  };
  let server: ReturnType<typeof serve>;
  let anchors: { file: Anchor; channel: Anchor; witness: Anchor };
  let channel: string[];

  beforeEach(async () => {
    channel = [];
    const logs = new Map([[origin, [parseVerifierKey(vkey)]]]);
    const witness = createWitness({
      signer: witnessSigner,
      logs,
      stateDirectory: join(directory, 'witness'),
      clock: systemClock,
    });
    const url = await new Promise<string>((resolve) => {
      server = serve({ fetch: witnessRoutes(witness).fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
        resolve(`http://127.0.0.1:${port}`),
      );
    });
    const keysOf = async () => [parseVerifierKey(vkey)];
    anchors = {
      file: fileAnchor({ path: join(directory, 'anchor', 'checkpoints'), domain: 'operations', keysOf }),
      channel: channelAnchor({
        domain: 'slack',
        post: async (text) => void channel.push(text),
        history: async () => channel,
        keysOf,
      }),
      witness: witnessAnchor({ url, vkey: verifierKeyOf(witnessSigner), domain: 'customer' }),
    };
    await sequence(5);
    for (const anchor of Object.values(anchors))
      await anchorNewest({ pool: ledger.admin, tenant, clock: systemClock }, anchor);
  });
  afterEach(() => server.close());

  const verifyAnchored = async () =>
    verifyLedger(ledger.admin, tenant, { anchored: await readAnchors(Object.values(anchors), origin) });

  test('a log left alone agrees with all three, and the published checkpoint carries the cosignature', async () => {
    const report = await verifyAnchored();
    expect(report).toMatchObject({ ok: true, size: 5 });
    expect(report.anchors.map(({ domain, agrees }) => `${domain}: ${agrees}`)).toEqual([
      'operations: true',
      'slack: true',
      'customer: true',
    ]);
    expect(await publishedLog(ledger.admin, tenant).checkpoint(1)).toContain('— witness.example/security ');
  });

  test.each([
    ['attack 4: a cut tail, re-signed with the stolen key', { from: 5, drop: 2 }],
    ['attack 8 and 9: a rewritten suffix, re-signed with the stolen key', { from: 3 }],
  ])('%s, passes inside the database and is caught by every anchor', async (_, forgery) => {
    await rewriteHistory({ ...forgery, key: logKey });
    expect(await verifyLedger(ledger.admin, tenant)).toMatchObject({ ok: true });
    const report = await verifyAnchored();
    expect(report.ok).toBe(false);
    expect(report.problems.filter((problem) => problem.mechanism === 'anchor')).toHaveLength(3);
    await expect(
      anchorNewest({ pool: ledger.admin, tenant, clock: systemClock }, anchors.witness),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^witness_(refused|ahead)$/) });
  });

  test('attack 5: a whole log deleted is caught by every anchor', async () => {
    await rewriteHistory({ from: 0, drop: 5, key: logKey });
    const report = await verifyAnchored();
    expect(report.problems.filter((problem) => problem.mechanism === 'anchor')).toHaveLength(3);
    const quick = await verifyChain(ledger.admin, tenant, {
      anchored: await readAnchors(Object.values(anchors), origin),
    });
    expect([quick.ok, quick.problemCount]).toEqual([false, 3]);
  });

  test('attack 12: a database behind an anchor is not signed on, though the sequencer lost its own memory', async () => {
    await rewriteHistory({ from: 5, drop: 2, key: logKey });
    const settings = join(directory, 'anchors.json');
    await writeFile(
      settings,
      JSON.stringify({ file: { path: 'anchor/checkpoints', domain: 'operations' }, witnesses: [] }),
    );
    const errors: unknown[] = [];
    ledger.start({
      keys,
      memory: fileMemory(join(directory, 'fresh'), await recallFromAnchors(settings, keys)),
      log: { info: () => {}, warn: () => {}, error: (fields: unknown) => void errors.push(fields) },
    });
    await ledger.enqueue([{}]);
    await until(async () => errors.length > 0);
    expect(errors).toMatchObject([{ detail: `${origin}: 3 entries, 5 were signed` }]);
  });

  test('a witness that is down raises an alarm, not silence, and delays no other anchor', async () => {
    server.close();
    await sequence(1);
    const clock = manualClock(new Date('2026-11-21T12:00:00Z'));
    const alarms: string[] = [];
    const anchoring = startAnchoring({
      pool: ledger.admin,
      tenant,
      anchors: Object.values(anchors),
      clock,
      everyMilliseconds: 5,
      lagAlarmMilliseconds: 60_000,
      onLag: async ({ domain }) => void alarms.push(domain),
      log: { warn: () => clock.advance(30_000) },
    });
    await until(async () => alarms.length > 0);
    await anchoring.stop();
    expect(new Set(alarms)).toEqual(new Set(['customer']));
    expect(
      (await readAnchors([anchors.file, anchors.channel], origin)).map(({ checkpoint }) => checkpoint?.size),
    ).toEqual([6, 6]);
  });
});

test("attack 12: a restored backup is refused by the sequencer's own memory, and its events wait", async () => {
  await sequence(4);
  await rewriteHistory({ from: 4, drop: 1, key: logKey });
  const errors: unknown[] = [];
  ledger.start({
    keys,
    memory: memory(),
    log: { info: () => {}, warn: () => {}, error: (fields: unknown) => void errors.push(fields) },
  });
  await ledger.enqueue([{}]);
  await until(async () => errors.length > 0);
  const { rowCount } = await ledger.admin.query('SELECT FROM ledger.ledger_inbox');
  expect([errors, rowCount]).toMatchObject([[{ detail: `${origin}: 3 entries, 4 were signed` }], 1]);
});

test.each([
  ['empty', ''],
  ['torn', 'countersign.log/T1\n4\n'],
])('a memory that is %s halts its log, says so once, and holds up no other', async (_, text) => {
  await sequence(2);
  const [file] = (await readdir(directory)).filter((name) => name.startsWith('newest-'));
  await writeFile(join(directory, file ?? ''), text);
  const errors: unknown[] = [];
  ledger.start({
    keys,
    memory: memory(),
    log: { info: () => {}, warn: () => {}, error: (fields: unknown) => void errors.push(fields) },
  });
  await ledger.enqueue([{}]);
  await until(async () => errors.length > 0);
  await ledger.enqueue([{}], TenantId.parse('T2'));
  await until(
    async () =>
      (await ledger.admin.query("SELECT FROM ledger.ledger_inbox WHERE tenant = 'T2'")).rowCount === 0,
  );
  expect(errors).toEqual([
    { tenant, code: 'ledger_halted', detail: expect.stringContaining(join(directory, 'newest-')) },
  ]);
});

test("attack 9: a key that is not in the log's history halts it", async () => {
  await sequence(2);
  const errors: unknown[] = [];
  const stranger = checkpointKeysOf(generateKeyPairSync('ed25519').privateKey);
  ledger.start({
    keys: stranger,
    memory: memory(),
    log: { info: () => {}, warn: () => {}, error: (fields: unknown) => void errors.push(fields) },
  });
  await ledger.enqueue([{}]);
  await until(async () => errors.length > 0);
  expect(errors).toMatchObject([{ detail: origin }]);
});

test('a rotation is an entry under the old key, both sign during the overlap, and the history names both', async () => {
  await sequence(2);
  const next = generateKeyPairSync('ed25519').privateKey;
  const rotating = ledger.start({ keys: checkpointKeysOf(logKey, next), memory: memory() });
  await ledger.enqueue([{}]);
  await ledger.drained();
  await rotating.stop();
  const log = publishedLog(ledger.admin, tenant);
  const nextVkey = verifierKeyOf({ name: origin, type: 0x01, privateKey: next });
  expect(await log.verifierKeys()).toEqual([vkey, nextVkey]);
  ledger.start({ keys: checkpointKeysOf(next), memory: memory() });
  await ledger.enqueue([{}]);
  await ledger.drained();
  expect(await verifyLedger(ledger.admin, tenant)).toMatchObject({ ok: true, size: 6 });
  const { rows } = await ledger.admin.query(
    "SELECT seq FROM ledger.ledger_entry WHERE position('key.rotated'::bytea IN entry) > 0 ORDER BY seq",
  );
  expect(rows).toEqual([{ seq: '2' }, { seq: '4' }]);
});

test('attack 7: an entry slipped in is caught by the chain, the tree and the places recorded', async () => {
  await sequence(5);
  await asSuperuser(async (query) => {
    await query('UPDATE ledger.ledger_entry SET seq = 5 WHERE seq = 4');
    await query(
      'INSERT INTO ledger.ledger_entry (tenant, seq, entry) SELECT tenant, 4, entry FROM ledger.ledger_entry WHERE seq = 3',
    );
    await query("UPDATE ledger.ledger_head SET size = 6, edge = decode(repeat('00', 64), 'hex')");
  });
  const { problems } = await verifyLedger(ledger.admin, tenant);
  const mechanisms = problems.map((problem) => problem.mechanism);
  expect(mechanisms).toEqual(expect.arrayContaining(['seq', 'prev', 'payload', 'head', 'checkpoint']));
});

test.each([
  ['the first', 3],
  ['one between', 5],
  ['the last', 7],
])('attack 2: an entry changed in a range, %s, is caught and named', async (_, seq) => {
  await sequence(10);
  await asSuperuser(
    async (query) =>
      void (await query(
        'UPDATE ledger.ledger_entry SET entry = set_byte(entry, 99, get_byte(entry, 99) # 1) WHERE seq = $1',
        [seq],
      )),
  );
  const verify = (from: number, to: number) => verifyLedger(ledger.admin, tenant, { range: { from, to } });
  const { ok, problems } = await verify(3, 8);
  expect(ok).toBe(false);
  expect(problems).toContainEqual(expect.objectContaining({ seq, mechanism: 'prev' }));
  expect(problems).toContainEqual(expect.objectContaining({ mechanism: 'checkpoint' }));
  expect(await verifyChain(ledger.admin, tenant, { range: { from: 3, to: 8 } })).toMatchObject({ ok: false });
});

test('anchors hold a range too, before, inside and after it', async () => {
  await sequence(10);
  const anchored = await Promise.all(
    [2, 5, 9].map(async (size) => {
      const root = await readTree(storedTiles(ledger.admin, tenant), size).root();
      return { anchor: `at ${size}`, domain: 'd', checkpoint: { size, root } };
    }),
  );
  const range = { from: 4, to: 7 };
  expect((await verifyLedger(ledger.admin, tenant, { anchored, range })).problems).toEqual([]);
  const forged = anchored.map((each) => ({
    ...each,
    checkpoint: { ...each.checkpoint, root: Buffer.alloc(32) },
  }));
  const report = await verifyLedger(ledger.admin, tenant, { anchored: forged, range });
  expect(report.problems.map(({ mechanism }) => mechanism)).toEqual(['anchor', 'anchor', 'anchor']);
});

test('attack 19: a tile overwritten is caught by the leaves, and named', async () => {
  await sequence(1);
  await ledger.enqueue(Array.from({ length: 300 }, () => ({})));
  ledger.start({ keys, memory: memory() });
  await ledger.drained();
  await asSuperuser(
    async (query) =>
      void (await query(
        'UPDATE ledger.ledger_tile SET hashes = set_byte(hashes, 32 * 7, get_byte(hashes, 32 * 7) # 1)',
      )),
  );
  expect((await verifyLedger(ledger.admin, tenant)).problems).toContainEqual(
    expect.objectContaining({ seq: 7, mechanism: 'tile' }),
  );
});

test.each([
  ['missing', 'DELETE FROM ledger.ledger_tile', 'tile 0/0 is missing'],
  [
    'overwritten',
    'UPDATE ledger.ledger_tile SET hashes = set_byte(hashes, 32 * 7, get_byte(hashes, 32 * 7) # 1)',
    'tile 0/0 does not add up to its root',
  ],
  [
    'of another root',
    'UPDATE ledger.ledger_tile SET root = set_byte(root, 7, get_byte(root, 7) # 1)',
    'tile 0/0 does not add up to its root',
  ],
])(
  'attack 19: a tile left of a range that is %s gives a verdict that names it',
  async (_, damage, detail) => {
    ledger.start({ keys, memory: memory() });
    await ledger.enqueue(Array.from({ length: 300 }, () => ({})));
    await ledger.drained();
    const range = { from: 280, to: 290 };
    expect(await verifyLedger(ledger.admin, tenant, { range })).toMatchObject({ ok: true });
    await asSuperuser(async (query) => void (await query(damage)));
    for (const verify of [verifyLedger, verifyChain]) {
      const { ok, problems } = await verify(ledger.admin, tenant, { range });
      expect(ok).toBe(false);
      expect(problems[0]).toEqual({ seq: 0, mechanism: 'tile', detail });
    }
  },
);

describe('attack 20: what happened without an event is found by comparing the state with the ledger', () => {
  const request = newRequestId();
  const envelope = Buffer.from('envelope');
  const told = { packet: newPacketId(), envelope: sha256Hex(envelope) };
  const insertVote = (id: string, principal: string) =>
    ledger.admin.query(
      `INSERT INTO gate.vote (tenant, id, request_id, principal, verdict, seal, cast_at)
       VALUES ($1, gen_random_uuid(), $2, $3, 'approve', 'seal', '2020-01-01')`,
      [tenant, id, principal],
    );
  const insertPacket = (id: string, bytes: Buffer) =>
    ledger.admin.query(
      `INSERT INTO gate.packet (tenant, id, kind, request_id, system, envelope, released_at)
       VALUES ($1, $2, 'grant', $3, 'db', $4, '2020-01-01')`,
      [tenant, id, request, bytes],
    );
  const insertReceipt = (packet: string, outcome: string, receipt: Buffer = receiptOf()) =>
    ledger.admin.query(
      `INSERT INTO gate.receipt (tenant, packet_id, request_id, kind, outcome, receipt, received_at)
       VALUES ($1, $2, $3, 'grant', $4, $5, '2020-01-01')`,
      [tenant, packet, request, outcome, receipt],
    );
  const receiptOf = (...leases: string[]) => {
    const payload = JSON.stringify({ evidence: { leases: leases.map((id) => ({ id })) } });
    return Buffer.from(JSON.stringify({ payload: Buffer.from(payload).toString('base64url') }));
  };
  const found = async () =>
    (await verifyLedger(ledger.admin, tenant)).problems.map(
      ({ mechanism, detail }) => `${mechanism}: ${detail}`,
    );

  beforeEach(async () => {
    const sequencer = ledger.start({ keys, memory: memory() });
    await ledger.enqueue([
      { requestId: request, data: told },
      {
        requestId: request,
        data: { packet: told.packet, outcome: 'granted', evidence: { leases: [{ id: 'lease-1' }] } },
      },
    ]);
    await ledger.drained();
    await sequencer.stop();
    await insertReceipt(told.packet, 'granted', receiptOf('lease-1'));
    await insertPacket(told.packet, envelope);
    await insertVote(request, alice);
  });

  test('state that the ledger tells of is left in peace', async () => {
    expect(await found()).toEqual([]);
  });

  test.each([
    [
      'a vote on a request it never heard of',
      () => insertVote('r_unheardofunheardofun', 'mallory'),
      'a vote of r_unheardofunheardofun',
    ],
    [
      'a vote by somebody of whom it tells no act',
      async () => {
        await ledger.admin.query('SELECT ledger.pseudonym($1, $2)', [tenant, 'mallory']);
        await insertVote(request, 'mallory');
      },
      `a vote of ${request} by n_`,
    ],
    ['a packet of a known request', () => insertPacket(newPacketId(), envelope), `a packet of ${request}`],
    ['a grant of a known request', () => insertReceipt(newPacketId(), 'granted'), `a receipt of ${request}`],
  ])('%s', async (_, act, what) => {
    await act();
    expect(await found()).toEqual([expect.stringContaining(`unledgered: ${what}`)]);
  });

  test('a lease that the doer signed for and the entry of its receipt leaves out', async () => {
    const packet = newPacketId();
    const sequencer = ledger.start({ keys, memory: memory() });
    await ledger.enqueue([{ requestId: request, data: { packet, outcome: 'ended' } }]);
    await ledger.drained();
    await sequencer.stop();
    await insertReceipt(packet, 'ended', receiptOf('lease-2'));
    expect(await found()).toEqual([expect.stringContaining('unledgered: the lease lease-2')]);
  });

  test('the other way: an entry whose receipt was taken out of the state', async () => {
    const client = await ledger.admin.connect();
    await client.query('ALTER TABLE gate.receipt DISABLE TRIGGER receipt_stands');
    await client.query('DELETE FROM gate.receipt');
    client.release();
    expect(await found()).toEqual([expect.stringContaining(`the receipt of ${told.packet}`)]);
  });
});

test('erased personal data: entries verify as before, the text is gone for good', async () => {
  ledger.start({ keys, memory: memory() });
  await ledger.enqueue([{ personal: { reason: { subject: alice, text: 'private' } } }]);
  await ledger.drained();
  const { rows } = await ledger.admin.query<{ pseudonym: string }>(
    'SELECT pseudonym FROM ledger.ledger_personal',
  );
  await ledger.subjectKeys.erase(rows[0]?.pseudonym ?? '');
  const report = await verifyLedger(ledger.admin, tenant, { subjectKeys: ledger.subjectKeys });
  expect(report).toMatchObject({ ok: true, beside: { commitmentsChecked: 0, commitmentsUnopened: 1 } });
});

describe('the stand-alone verifier', () => {
  let text: string;
  let file: string;
  let early: string;
  beforeEach(async () => {
    await sequence(2);
    early = (await publishedLog(ledger.admin, tenant).checkpoint()) ?? '';
    await sequence(3);
    file = join(directory, 'log.export');
    text = await exportTo(file);
  });

  test("accepts the log under the auditor's own key, and a checkpoint he kept", async () => {
    const kept = join(directory, 'kept');
    await writeFile(kept, early);
    expect(await verifyAlone('--export', file, '--key', vkey, '--checkpoint', kept)).toMatchObject({
      code: 0,
      text: expect.stringContaining('OK: 5 entries'),
    });
    expect(await verifyAlone('--export', file, '--key', vkey, '--checkpoint', early)).toMatchObject({
      code: 0,
    });
  });

  test('log identity swapped: another key is refused', async () => {
    const other = verifierKeyOf({
      name: origin,
      type: 0x01,
      privateKey: generateKeyPairSync('ed25519').privateKey,
    });
    expect(await verifyAlone('--export', file, '--key', other)).toMatchObject({
      code: 1,
      text: expect.stringContaining('not signed by the key you gave'),
    });
  });

  test('attacks 8 and 9: a history rewritten with the stolen key is caught by the checkpoint the auditor kept', async () => {
    await rewriteHistory({ from: 1, key: logKey });
    await exportTo(file);
    expect(await verifyAlone('--export', file, '--key', vkey)).toMatchObject({ code: 0 });
    expect(await verifyAlone('--export', file, '--key', vkey, '--checkpoint', early)).toMatchObject({
      code: 1,
      text: expect.stringContaining('the checkpoint you kept'),
    });
  });

  test('attacks 4 and 11: a log shorter than the checkpoint the auditor kept is a rollback', async () => {
    const full = (await publishedLog(ledger.admin, tenant).checkpoint()) ?? '';
    await rewriteHistory({ from: 5, drop: 2, key: logKey });
    await exportTo(file);
    expect(await verifyAlone('--export', file, '--key', vkey, '--checkpoint', full)).toMatchObject({
      code: 1,
      text: expect.stringContaining('ROLLED BACK'),
    });
  });

  test('a quorum that was asked for and is not there is a failure', async () => {
    const witness = verifierKeyOf({
      name: 'w',
      type: 0x04,
      privateKey: generateKeyPairSync('ed25519').privateKey,
    });
    expect(await verifyAlone('--export', file, '--key', vkey, '--witness', witness)).toMatchObject({
      code: 1,
      text: expect.stringContaining('0 of your witnesses'),
    });
  });

  test('attacks 1, 3, 6: any flipped bit of an export is caught, and the line it is in is named', {
    timeout: 300_000,
  }, async () => {
    const bytes = Buffer.from(withStranger(text));
    await writeFile(file, bytes);
    expect(await verifyAlone('--export', file, '--key', vkey)).toMatchObject({ code: 0 });
    const places = ['header', ...[0, 1, 2, 3, 4].map((seq) => `entry ${seq}`), 'trailer'];
    const lineOf = (at: number) => bytes.subarray(0, at).filter((byte) => byte === 0x0a).length;
    const ends = [...bytes.keys()].filter((at) => bytes[at] === 0x0a);
    const anywhere = fc.nat({ max: bytes.length - 1 });
    const inTheFrame = fc.oneof(
      fc.constantFrom(...ends),
      fc.nat({ max: ends[0] ?? 0 }),
      fc.integer({ min: (ends.at(-2) ?? 0) + 1, max: bytes.length - 1 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(anywhere, inTheFrame), fc.nat({ max: 7 }), async (at, bit) => {
        const mutated = Buffer.from(bytes);
        mutated.writeUInt8(mutated.readUInt8(at) ^ (1 << bit), at);
        await writeFile(file, mutated);
        const verdict = await verifyAlone('--export', file, '--key', vkey);
        expect([verdict.code, verdict.text]).toEqual([
          1,
          expect.stringContaining(`FAILED: ${places[lineOf(at)]}: `),
        ]);
      }),
      { numRuns: 80 },
    );
  });
});

/** The export, its checkpoint cosigned by a witness the auditor does not know: only checksums guard that line. */
function withStranger(text: string): string {
  const [header = '', ...rest] = text.split('\n').slice(0, -1);
  const privateKey = generateKeyPairSync('ed25519').privateKey;
  const line = signNote({ name: 'stranger', type: 0x04, privateKey }, 'whatever it saw\n', new Date());
  const cosigned = `${header.replace('","first"', () => `${JSON.stringify(line).slice(1, -1)}","first"`)}\n`;
  const before = [cosigned, ...rest.slice(0, -1).map((entry) => `${entry}\n`)].join('');
  const sums = { header: sha256Hex(cosigned), sha256: sha256Hex(before) };
  return `${before}${JSON.stringify({ entries: rest.length - 1, ...sums })}\n`;
}
