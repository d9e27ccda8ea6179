import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { atDatabase } from '../../scripts/lib/connection.js';
import { newRequestId } from '../../src/core/ids.js';
import type { PacketPayload } from '../../src/packet/index.js';
import { tryLogIn } from '../harness/postgres-admin.js';
import { useWorld } from './fixture.js';
import { ACCOUNT, asAnother, openUse, rotate, show } from './glass.js';
import { severable } from './severable.js';
import { killed, killSpawned, spawnDoer } from './spawn.js';
import { checkOutPacket, DATABASE, type Target, until, type World } from './world.js';

let target: Target;
let world: World;

useWorld((startedTarget, builtWorld) => {
  target = startedTarget;
  world = builtWorld;
}, killSpawned);

const HOUR = 3_600_000;
const later = { now: () => new Date(Date.now() + HOUR) };

const atTarget = async (account = ACCOUNT) =>
  (
    await target.admin(
      `SELECT rolcanlogin AS login, rolvaliduntil < now() AS past, extract(epoch FROM rolvaliduntil)::float * 1000 AS until, (SELECT rolpassword FROM pg_authid a WHERE a.oid = r.oid) AS verifier
       FROM pg_roles r WHERE rolname = $1`,
      [account],
    )
  )[0];

const shutGlass = () =>
  target.admin(
    "ALTER ROLE glass_1 NOLOGIN VALID UNTIL '-infinity'; ALTER ROLE glass_2 NOLOGIN VALID UNTIL '-infinity'",
  );

test('a use: nothing before the check-out, a password at each showing that kills the one before, an end that is proved', async () => {
  world.start();
  const packet = checkOutPacket();
  expect((await show(world, packet.requestId)).receipt).toMatchObject({
    outcome: 'rejected',
    code: 'grant_not_live',
  });
  const { requestId, uri } = await openUse(world, packet);
  expect(await tryLogIn(uri)).toBe('in');
  expect(await atTarget()).toMatchObject({ login: true, past: false });
  const first = Number((await atTarget())?.['until']);
  const { receipt, credential } = await show(world, requestId);
  for (const until of [first, Number((await atTarget())?.['until'])])
    expect(Math.abs(until - Date.parse(receipt.expiresAt ?? ''))).toBeLessThan(1_000);
  const second = credential?.uri ?? '';
  expect(await tryLogIn(uri)).toBe('28P01');
  const session = new pg.Client({ connectionString: second });
  session.on('error', () => undefined);
  await session.connect();
  const { verifier } = (await atTarget()) ?? {};
  const answer = await world.ask(rotate(requestId));
  expect(answer).toMatchObject({
    outcome: 'rotated',
    evidence: { refused: 2, remains: [], sessionsEnded: 1 },
    drift: [],
  });
  expect(await atTarget()).toMatchObject({ login: false, past: true });
  expect((await atTarget())?.['verifier']).not.toBe(verifier);
  expect(await tryLogIn(second)).not.toBe('in');
  expect((await show(world, requestId)).receipt).toMatchObject({ code: 'grant_not_live' });
  await session.end().catch(() => undefined);
});

test('a table that somebody holds for themselves alone keeps nobody from the glass; what stands on it is compared all the same', async () => {
  await target.admin(`
    CREATE VIEW shop.few AS SELECT id FROM shop.orders;
    CREATE TRIGGER moved BEFORE UPDATE ON shop.orders FOR EACH ROW WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION suppress_redundant_updates_trigger();
    CREATE RULE kept AS ON DELETE TO shop.orders WHERE OLD.id = 0 DO INSTEAD NOTHING;
    CREATE POLICY own ON shop.orders USING (id > 0)`);
  const holder = new pg.Client({ connectionString: atDatabase(target.adminUrl, DATABASE) });
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE shop.orders IN ACCESS EXCLUSIVE MODE');
  world.start();
  const held = await openUse(world);
  expect(await world.ask(rotate(held.requestId))).toMatchObject({ outcome: 'rotated', drift: [] });
  await holder.end();

  const { requestId } = await openUse(world);
  await target.admin(`
    CREATE OR REPLACE VIEW shop.few AS SELECT id FROM shop.orders WHERE id > 1;
    CREATE OR REPLACE TRIGGER moved BEFORE UPDATE ON shop.orders FOR EACH ROW WHEN (OLD.id > NEW.id) EXECUTE FUNCTION suppress_redundant_updates_trigger();
    CREATE OR REPLACE RULE kept AS ON DELETE TO shop.orders WHERE OLD.id = 1 DO INSTEAD NOTHING;
    ALTER POLICY own ON shop.orders USING (true)`);
  const drift = (await world.ask(rotate(requestId))).drift ?? [];
  for (const changed of ['VIEW shop.few', 'TRIGGER moved', 'RULE kept', 'POLICY own'])
    expect(
      drift
        .filter(({ line }) => line.includes(changed))
        .map(({ change }) => change)
        .toSorted(),
    ).toEqual(['added', 'removed']);
  await target.admin(
    'DROP VIEW shop.few; DROP TRIGGER moved ON shop.orders; DROP RULE kept ON shop.orders; DROP POLICY own ON shop.orders',
  );
});

test('rule 9: a showing that comes after a newer one is refused and kills nothing', async () => {
  world.start();
  const before = new Date(Date.now() - 1_000);
  const { requestId, uri } = await openUse(world);
  expect((await show(world, requestId, 'alice', before)).receipt).toMatchObject({
    outcome: 'rejected',
    code: 'showing_superseded',
  });
  expect(await tryLogIn(uri)).toBe('in');
  await world.ask(rotate(requestId));
});

test('rule 9: thirty showings are the most of one use', async () => {
  world.start();
  const { requestId } = await openUse(world);
  const fill = (times: number) =>
    world.ours(
      `UPDATE doer.glass_record SET record = jsonb_set(record, '{shown}', (
         SELECT jsonb_agg(record->'shown'->0 || jsonb_build_object('iv', encode(int4send(n), 'base64')))
         FROM generate_series(1, ${times}) n))`,
    );
  const before = (await world.ours('SELECT record FROM doer.glass_record'))[0]?.['record'];
  await fill(29);
  expect((await show(world, requestId)).receipt).toMatchObject({ outcome: 'rejected', code: 'limit_rate' });
  await world.ours(`UPDATE doer.glass_record SET record = '${JSON.stringify(before)}'`);
  expect((await show(world, requestId)).receipt.outcome).toBe('revealed');
  expect(await world.ask(rotate(requestId))).toMatchObject({ evidence: { refused: 2 } });
});

test('rule 9: what was shown rests nowhere in clear, and is destroyed once proved dead', async () => {
  world.start();
  const { requestId, uri } = await openUse(world);
  const password = decodeURIComponent(new URL(uri).password);
  const rows = JSON.stringify(await world.ours('SELECT * FROM doer.glass_record'));
  expect(rows).toContain('"shown"');
  expect(rows).not.toContain(password);
  await world.ask(rotate(requestId));
  const [row] = await world.ours('SELECT record FROM doer.glass_record');
  expect(row).toMatchObject({ record: { state: 'rotated', shown: [] } });
});

test('rule 6: only accounts, times and people that the limits and the check-out name', async () => {
  world.start();
  expect(await world.ask(checkOutPacket({ account: 'postgres' }))).toMatchObject({ code: 'limit_account' });
  expect(await world.ask(checkOutPacket({ account: 'break_glass' }))).toMatchObject({
    code: 'limit_account',
  });
  expect(await world.ask(checkOutPacket({ durationMinutes: 61 }))).toMatchObject({ code: 'limit_duration' });
  await target.admin('ALTER ROLE glass_2 SUPERUSER');
  expect(await world.ask(checkOutPacket({ account: 'glass_2' }))).toMatchObject({ code: 'account_unfit' });
  await target.admin('ALTER ROLE glass_2 NOSUPERUSER');
  const { requestId } = await openUse(world);
  expect((await show(world, requestId, 'mallory')).receipt).toMatchObject({ code: 'subject_mismatch' });
  expect(await world.ask(checkOutPacket())).toMatchObject({ code: 'account_in_use' });
  await world.ask(rotate(requestId));
});

test('rule 2: the key that shows cannot check out, and cannot rotate', async () => {
  world.start();
  const asApp = async (payload: PacketPayload) => {
    const { signPacket } = await import('../../src/packet/index.js');
    const signer = { ...world.keys.app.packetSigner, kinds: [payload.kind] };
    await world.release(payload, { envelope: signPacket(payload, signer) });
    return world.answer(payload.id);
  };
  expect(await asApp(checkOutPacket())).toMatchObject({ code: 'signature_rejected' });
  expect(await asApp(rotate(newRequestId()))).toMatchObject({ code: 'signature_rejected' });
});

test('rule 12: at its end the doer rotates by itself, with nobody to ask', async () => {
  let offset = 0;
  const clock = { now: () => new Date(Date.now() + offset) };
  world.start({ clock });
  const { requestId, uri } = await openUse(world);
  expect(await tryLogIn(uri)).toBe('in');
  offset = 60 * 60_000 + 1_000;
  const receipt = await until('its own rotation', async () =>
    (await world.receipts()).find((one) => one.requestId === requestId && one.origin === 'doer'),
  );
  expect(receipt).toMatchObject({ kind: 'rotate', outcome: 'rotated', evidence: { refused: 1 } });
  expect(await tryLogIn(uri)).not.toBe('in');
});

test('what stayed behind at the target is in the proof, line by line', async () => {
  world.start();
  const { requestId, uri } = await openUse(world);
  const client = new pg.Client({ connectionString: uri });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(
    "CREATE FUNCTION shop.trap() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; CREATE TABLE shop.copy AS SELECT * FROM shop.orders; GRANT SELECT ON shop.copy TO PUBLIC",
  );
  const answer = await world.ask(rotate(requestId));
  const text = JSON.stringify(answer.drift);
  expect(text).toContain('SECURITY DEFINER FUNCTION shop.trap() OWNER glass_1');
  expect(text).toContain('TABLE shop.copy OWNER glass_1');
  expect(text).toContain('GRANT SELECT ON TABLE shop.copy TO PUBLIC');
  await client.end().catch(() => undefined);
  await target.admin('DROP OWNED BY glass_1');
  await target.admin(
    'GRANT CONNECT ON DATABASE orders TO glass_1; GRANT USAGE, CREATE ON SCHEMA shop TO glass_1',
  );
});

test('a target that lets the old password in is no proof: unproven, told once, tried for ever', async () => {
  world.start();
  const { requestId, uri } = await openUse(world);
  const password = decodeURIComponent(new URL(uri).password);
  const hba = (await target.admin("SELECT setting FROM pg_settings WHERE name = 'hba_file'"))[0]?.['setting'];
  await target.admin(`CREATE TABLE public.hba AS SELECT pg_read_file('${String(hba)}') AS lines`);
  const write = (lines: string) =>
    target.admin(
      `COPY (SELECT unnest(string_to_array(${lines}, E'\\n'))) TO '${String(hba)}'; SELECT pg_reload_conf()`,
    );
  await write("(SELECT 'host all glass_1 all trust' || E'\\n' || lines FROM public.hba)");
  await until('the trusting target', async () => (await tryLogIn(uri.replace(password, 'x'))) === 'in');
  expect(await world.ask(rotate(requestId))).toMatchObject({
    outcome: 'unproven',
    code: 'rotation_unproven',
  });
  await write('(SELECT lines FROM public.hba)');
  await target.admin('DROP TABLE public.hba');
  const proof = await until('the proof', async () =>
    (await world.receipts()).find((one) => one.requestId === requestId && one.outcome === 'rotated'),
  );
  expect(proof.evidence).toMatchObject({ refused: 1 });
  await shutGlass();
});

test('rule 11: an account that is open though nobody has it is found, shut and told of; one that is out is left alone', async () => {
  world.start();
  const { requestId, uri } = await openUse(world, checkOutPacket({ account: 'glass_2' }));
  await target.admin("ALTER ROLE glass_1 LOGIN PASSWORD 'by hand' VALID UNTIL 'infinity'");
  const session = new pg.Client({ connectionString: asAnother(uri, ACCOUNT, 'by hand') });
  session.on('error', () => undefined);
  await session.connect();
  const receipt = await until('the account is found', async () =>
    (await world.receipts()).find((one) => one.evidence['foundOpen'] === true),
  );
  expect(receipt).toMatchObject({
    origin: 'doer',
    kind: 'rotate',
    outcome: 'rotated',
    account: ACCOUNT,
    evidence: { sessionsEnded: 1, sessionsLeft: 0 },
  });
  expect(await atTarget()).toMatchObject({ login: false, past: true });
  expect(await tryLogIn(uri)).toBe('in');
  await world.ask(rotate(requestId, 'glass_2'));
  await session.end().catch(() => undefined);
});

test.each(['doer.leased', 'doer.created', 'doer.receipt', 'doer.rotate.leased', 'doer.rotate.changed'])(
  'rule 8: a doer that dies at %s leaves a use that ends all the same',
  async (spot) => {
    let isDead = false;
    let bury = (): void => undefined;
    const grave = new Promise<never>((_resolve, reject) => {
      bury = () => reject(new Error('the machine is gone'));
    });
    grave.catch(() => undefined);
    let died = (): void => undefined;
    const death = new Promise<void>((resolve) => {
      died = resolve;
    });
    const faults = async (reached: string) => {
      if (!isDead && reached !== spot) return;
      isDead = true;
      died();
      await grave;
    };
    world.start({ name: 'first', faults });
    const packet = checkOutPacket();
    await world.release(packet);
    const rest = (async () => {
      await world.answer(packet.id);
      await show(world, packet.requestId);
      await world.ask(rotate(packet.requestId));
    })().catch(() => undefined);
    await Promise.race([death, rest]);
    world.start({ name: 'second' });
    await world.release(rotate(packet.requestId));
    await until(
      'the proof',
      async () =>
        (await world.receipts()).find(
          (one) => one.requestId === packet.requestId && one.outcome === 'rotated',
        ),
      30,
    );
    expect(await atTarget()).toMatchObject({ login: false });
    bury();
  },
);

test('rule 12: what another doer proved over is owed no more: said once, and its account is handed out again', async () => {
  const first = world.start({ name: 'a' });
  const { requestId } = await openUse(world);
  await first.stop();
  const second = world.start({ name: 'b' });
  expect((await world.ask(rotate(requestId))).outcome).toBe('rotated');
  await second.stop();
  world.start({ name: 'a', clock: later });
  const own = async () =>
    (await world.receipts()).filter((one) => one.requestId === requestId && one.origin === 'doer');
  await until('what it owed', async () => (await own()).length > 0);
  const next = checkOutPacket({}, later.now());
  expect((await world.ask(next)).outcome).toBe('checked_out');
  expect((await world.ask(rotate(next.requestId))).outcome).toBe('rotated');
  expect(await own()).toHaveLength(1);
});

test.each(['goes on', 'dies with it written down'])(
  'rule 12: ended by another doer while this one was about to hand it out, which %s: nothing is owed, the next use is let be',
  async (how) => {
    let dies = how !== 'goes on';
    const packet = checkOutPacket();
    let other: ReturnType<World['start']> | undefined;
    world.start({
      name: 'a',
      faults: async (spot) => {
        if (spot === 'doer.created' && dies) {
          dies = false;
          throw new Error('killed');
        }
        if (spot !== 'doer.leased' || other !== undefined) return;
        other = world.start({ name: 'b' });
        await world.ask(rotate(packet.requestId));
        await other.stop();
      },
    });
    expect(await world.ask(packet)).toMatchObject({ outcome: 'rejected', code: 'grant_tombstoned' });
    const { requestId, uri } = await openUse(world);
    expect(await tryLogIn(uri)).toBe('in');
    await world.ask(rotate(requestId));
  },
);

const kept = async () => (await world.ours('SELECT record FROM doer.glass_record'))[0]?.['record'];

const proofsOf = async (requestId: string) =>
  (await world.receipts()).filter((one) => one.requestId === requestId && one.outcome === 'rotated');

test('rule 12: a proof made while our database was away is handed over when it is back, also after a kill', async () => {
  const first = world.start();
  const { requestId, uri } = await openUse(world);
  await first.stop();
  const proxy = await severable(new URL(world.database.urls.doer));
  proxy.sever();
  writeFileSync(join(world.home, 'clock'), String(HOUR));
  const child = spawnDoer(world, 'doer.receipt', {
    COUNTERSIGN_DATABASE_URL: proxy.url,
    COUNTERSIGN_CLOCK_FILE: join(world.home, 'clock'),
  });
  await killed(child);
  expect(await tryLogIn(uri)).not.toBe('in');
  expect(await kept()).toMatchObject({ state: 'checked_out', shown: [expect.anything()] });
  world.start({ databaseUrl: proxy.url, clock: later });
  expect(await proofsOf(requestId)).toEqual([]);
  proxy.mend();
  await until('its receipt', async () => (await proofsOf(requestId)).length > 0);
  expect(await proofsOf(requestId)).toMatchObject([{ origin: 'doer', evidence: { refused: 1 } }]);
  expect(await kept()).toMatchObject({ state: 'rotated', shown: [], proof: { refused: 1 } });
  proxy.close();
});

test('rule 11: what another doer showed after a proof it could not know of is proved dead as well', async () => {
  const proxy = await severable(new URL(world.database.urls.doer));
  let ahead = 0;
  world.start({
    name: 'a',
    databaseUrl: proxy.url,
    clock: { now: () => new Date(Date.now() + ahead) },
  });
  const { requestId, uri } = await openUse(world);
  proxy.sever();
  ahead = HOUR;
  await until('its own end', async () => (await atTarget())?.['login'] === false);
  expect(await tryLogIn(uri)).not.toBe('in');
  const other = world.start({ name: 'b' });
  const { credential } = await show(world, requestId);
  await other.stop();
  expect(await tryLogIn(credential?.uri ?? '')).toBe('in');
  proxy.mend();
  await until('the proof for both', async () =>
    (await proofsOf(requestId)).find((one) => one.evidence['refused'] === 2),
  );
  expect(await tryLogIn(credential?.uri ?? '')).not.toBe('in');
  expect(await kept()).toMatchObject({ state: 'rotated', shown: [], proof: { refused: 2 } });
  proxy.close();
});
