import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../harness/postgres.js';
import { withClient } from '../harness/postgres-admin.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

async function rows(text: string): Promise<Record<string, string>[]> {
  return withClient(
    database.urls.admin,
    async (client) => (await client.query<Record<string, string>>(text)).rows,
  );
}

/** What Prisma's drift check cannot see. */
it('gate has its partial indexes', async () => {
  expect(
    await rows(`SELECT indexrelid::regclass::text AS name, pg_get_expr(indpred, indrelid) AS only, indisunique::text AS unique
                FROM pg_index WHERE indpred IS NOT NULL AND indrelid::regclass::text LIKE 'gate.%' ORDER BY 1`),
  ).toEqual([
    { name: 'gate.handle_one_exclusive', only: 'exclusive', unique: 'true' },
    { name: 'gate.outage_one_open', only: '(ended_at IS NULL)', unique: 'true' },
    { name: 'gate.request_due', only: '(due_at IS NOT NULL)', unique: 'false' },
    { name: 'gate.vote_one_standing', only: '(voided_at IS NULL)', unique: 'true' },
  ]);
});

it('gate has its checks and its triggers', async () => {
  expect(
    await rows(
      `SELECT conname AS name FROM pg_constraint WHERE contype = 'c' AND connamespace = 'gate'::regnamespace ORDER BY 1`,
    ),
  ).toEqual([
    { name: 'receipt_inbox_bounded' },
    { name: 'request_names_parse' },
    { name: 'request_version_positive' },
    { name: 'vote_names_parse' },
    { name: 'vote_verdict_known' },
  ]);
  expect(
    await rows(`SELECT tgrelid::regclass::text AS on, tgname AS name, tgenabled::text AS enabled FROM pg_trigger
                WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'gate.%' ORDER BY 1, 2`),
  ).toEqual([
    { on: 'gate.packet', name: 'packet_noted', enabled: 'A' },
    { on: 'gate.packet', name: 'packet_stands', enabled: 'A' },
    { on: 'gate.policy_apply', name: 'policy_apply_stands', enabled: 'A' },
    { on: 'gate.receipt', name: 'receipt_stands', enabled: 'A' },
    { on: 'gate.vote', name: 'vote_stands', enabled: 'A' },
    { on: 'gate.vote', name: 'vote_stays', enabled: 'A' },
  ]);
});

it('cs_owner, which cannot log in, owns everything of ours', async () => {
  const ours = `IN ('gate', 'ledger', 'doer', 'bull', 'bull_doer')`;
  expect(
    await rows(`SELECT DISTINCT owner::regrole::text AS owner FROM (
      SELECT nspowner AS owner FROM pg_namespace WHERE nspname ${ours}
      UNION ALL SELECT relowner FROM pg_class WHERE relnamespace::regnamespace::text ${ours}
      UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace::regnamespace::text ${ours}) AS owned`),
  ).toEqual([{ owner: 'cs_owner' }]);
  expect(
    await rows(
      `SELECT rolcanlogin::text AS login, rolsuper::text AS super FROM pg_roles WHERE rolname = 'cs_owner'`,
    ),
  ).toEqual([{ login: 'false', super: 'false' }]);
});

it('a function that runs with its owner’s rights has a fixed search_path that ends in pg_temp', async () => {
  const definers =
    await rows(`SELECT oid::regprocedure::text AS name, coalesce(array_to_string(proconfig, ' '), '') AS config
    FROM pg_proc WHERE prosecdef AND pronamespace::regnamespace::text IN ('gate', 'ledger', 'doer', 'bull', 'bull_doer')`);

  expect(definers.length).toBeGreaterThan(0);
  for (const { name, config } of definers)
    expect(`${name}: ${config}`).toMatch(/search_path=[a-z_, ]*pg_temp$/);
});

it('rule 4: one standing vote a person; a voided one makes room, and no vote is rewritten but for its words, erased', async () => {
  await withClient(database.urls.admin, async (client) => {
    const cast = (id: number) =>
      client.query(`INSERT INTO gate.vote (tenant, id, request_id, principal, verdict, seal, cast_at)
        VALUES ('T1', '00000000-0000-4000-8000-00000000000${id}', 'r_x', 'bob', 'approve', 's', now())`);
    await cast(1);
    await expect(cast(2)).rejects.toMatchObject({ code: '23505' });
    await expect(client.query(`UPDATE gate.vote SET verdict = 'deny'`)).rejects.toMatchObject({
      code: 'CS007',
    });
    await expect(client.query(`UPDATE gate.vote SET reason = 'yes'`)).rejects.toMatchObject({
      code: 'CS007',
    });
    await client.query(`UPDATE gate.vote SET reason = 'erased'`);
    await client.query('UPDATE gate.vote SET voided_at = now()');
    await cast(2);
    await expect(client.query('UPDATE gate.vote SET voided_at = NULL')).rejects.toMatchObject({
      code: 'CS007',
    });
    await expect(client.query('DELETE FROM gate.vote')).rejects.toMatchObject({ code: 'CS007' });
  });
});

it('rule 13: one holder of an exclusive handle, many of a counted one', async () => {
  await withClient(database.urls.admin, async (client) => {
    const take = (handle: string, holder: string, exclusive: boolean): Promise<pg.QueryResult> =>
      client.query(`INSERT INTO gate.handle VALUES ('T1', $1, $2, 1, $3, now())`, [
        handle,
        holder,
        exclusive,
      ]);
    await take('account', 'r_a', true);
    await expect(take('account', 'r_b', true)).rejects.toMatchObject({ code: '23505' });
    await take('group', 'r_a', false);
    await take('group', 'r_b', false);
  });
});

it('a session of each role counts in UTC and is cut when a statement never ends', async () => {
  for (const url of [database.urls.app, database.urls.worker, database.urls.sequencer, database.urls.doer])
    await withClient(url, async (client) => {
      const { rows: settings } = await client.query(`SELECT current_setting('timezone') AS zone,
        current_setting('statement_timeout') <> '0' AS bounded`);
      expect(settings).toEqual([{ zone: 'UTC', bounded: true }]);
    });
});
