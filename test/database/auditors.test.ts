import { Hono } from 'hono';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/canonical.js';
import { ledgeredAuditors } from '../../src/edges/http/auditor-entries.js';
import { createPseudonyms } from '../../src/ledger/index.js';
import { oblige } from '../../src/policy/index.js';
import { commit, openStore, type Store } from '../../src/store/index.js';
import { withClient } from '../harness/postgres-admin.js';
import { type Gatekeeper, openGatekeeper, person, tenant } from './gatekeeper.js';

let gate: Gatekeeper;
let store: Store;
let app: Hono;

beforeAll(async () => {
  gate = await openGatekeeper();
  // As the app's own login: no other may look tokens up.
  store = openStore({
    databaseUrl: gate.database.urls.app,
    pseudonyms: createPseudonyms,
    subjectKeys: gate.context.store.subjectKeys,
  });
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const auditors = ledgeredAuditors({ ...gate.context, store }, log);
  app = new Hono().get('/v1/audit/verify', auditors, (context) => context.text('read'));
});
afterAll(async () => {
  await store.close();
  await gate.close();
});

const token = 'csa_0123456789abcdef0123456789abcdef';
const read = (bearer: string) =>
  app.request('/v1/audit/verify?from=3', { headers: { authorization: `Bearer ${bearer}` } });

/** What waits to be sequenced, as text. */
const ledgered = () =>
  withClient(gate.database.urls.admin, async (admin) => {
    const { rows } = await admin.query<{ payload: string }>(
      "SELECT convert_from(payload, 'UTF8') AS payload FROM ledger.ledger_inbox ORDER BY id",
    );
    return rows.map((row) => row.payload);
  });

it('rule 1: an auditor who is refused is an entry as one who reads is; no token is in either, and a flood is one entry', async () => {
  await commit(store, {
    tenant,
    at: gate.clock.now(),
    decision: oblige({ rule: 'test.write', message: 'A test writes.', basis: null }),
    event: { type: 'test.happened', requestId: null, actor: person('alice') },
    changes: [],
    auditorTokens: [
      {
        digest: sha256Hex(token),
        label: 'request #1',
        expiresAt: new Date(gate.clock.now().getTime() + 3_600_000),
      },
    ],
  });
  const guesses = Array.from({ length: 50 }, (_, at) => `csa_guess-${at}-of-many-0123456789`);
  for (const guess of guesses) expect((await read(guess)).status).toBe(401);
  expect((await read(token)).status).toBe(200);
  const [, refused, accepted, ...more] = await ledgered();
  expect(more).toEqual([]);
  expect(JSON.parse(refused ?? '')).toMatchObject({
    type: 'audit.refused',
    data: { requests: 1 },
    decision: { effect: 'deny', rules: ['audit.token_refused'] },
  });
  expect(JSON.parse(accepted ?? '')).toMatchObject({
    type: 'audit.read',
    data: { label: 'request #1', what: '/v1/audit/verify?from=3' },
  });
  for (const secret of [token, sha256Hex(token), ...guesses])
    expect(`${refused}${accepted}`).not.toContain(secret);
});
