import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { capabilities } from '../../src/capabilities/index.js';
import { noFaults } from '../../src/core/faults.js';
import { newPacketId, newRequestId } from '../../src/core/ids.js';
import type { RequestId } from '../../src/core/tenant.js';
import { startReceipts } from '../../src/edges/queue/receipts.js';
import { startRelay } from '../../src/edges/queue/relay.js';
import { startTimers } from '../../src/edges/queue/run.js';
import { watchLedger } from '../../src/edges/queue/watch-ledger.js';
import { generateKeySet, type Receipt, signReceipt } from '../../src/packet/index.js';
import { oblige } from '../../src/policy/index.js';
import { openQueue } from '../../src/queue/index.js';
import { commit, readReceiptInbox } from '../../src/store/index.js';
import { withClient } from '../harness/postgres-admin.js';
import { waitUntil } from '../harness/slack/index.js';
import { blackHole } from '../queue/black-hole.js';
import { type Gatekeeper, openGatekeeper, person, tenant } from './gatekeeper.js';

let gate: Gatekeeper;

beforeAll(async () => {
  gate = await openGatekeeper();
});
afterAll(() => gate.close());

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A request whose details no version of ours can read, due for an hour. */
async function poison(): Promise<RequestId> {
  const id = newRequestId();
  const at = new Date(gate.clock.now().getTime() - 3_600_000);
  const alice = person('alice');
  await commit(gate.context.store, {
    tenant,
    at,
    decision: oblige({ rule: 'test.write', message: 'A test writes.', basis: null }),
    event: { type: 'test.happened', requestId: id, actor: alice },
    changes: [
      {
        id,
        capability: 'elevation',
        requester: alice,
        subject: alice,
        from: null,
        to: { state: 'active', details: {}, dueAt: at },
      },
    ],
  });
  return id;
}

/** Resolves when `told` was called for every one of `ids`; a test that waits for ever fails by its time. */
function allOf<T>(ids: readonly T[]): { told: (id: T) => void; done: Promise<void> } {
  const left = new Set(ids);
  let resolve: () => void = () => {};
  const done = new Promise<void>((settled) => {
    resolve = settled;
  });
  return {
    done,
    told: (id) => {
      left.delete(id);
      if (left.size === 0) resolve();
    },
  };
}

it('rule 2: one step that hangs and one that always fails delay no other', async () => {
  const [hanging, failing, ending] = [await poison(), await poison(), await poison()];
  const reached = allOf([failing, ending]);
  let letGo: () => void = () => {};
  const hang = new Promise<{ ok: true; value: null }>((resolve) => {
    letGo = () => resolve({ ok: true, value: null });
  });
  const steps = capabilities.map((capability) => ({
    ...capability,
    onDue: async (_: unknown, { id }: { id: RequestId }) => {
      if (id === hanging) return hang;
      reached.told(id);
      if (id === failing) throw new Error('it always fails');
      return { ok: true as const, value: null };
    },
  }));
  const queue = openQueue({
    place: { databaseUrl: gate.database.urls.worker },
    schema: 'bull',
    clock: gate.clock,
    onError: () => {},
  });
  const timers = startTimers({
    context: gate.context,
    capabilities: steps,
    gate: queue,
    hook: noFaults,
    log,
  });
  await reached.done;
  letGo();
  await timers.stop();
  await queue.close();
});

it('rule 14: a message that hangs keeps no other waiting; what is urgent passes any number of them', async () => {
  const shown = new Set<RequestId>();
  const hanging = await Promise.all(Array.from({ length: 40 }, () => leaveEffect('project')));
  const [urgent, alerted] = [await leaveEffect('project_first'), await leaveEffect('alert')];
  let letGo: () => void = () => {};
  const hang = new Promise<boolean>((resolve) => {
    letGo = () => resolve(true);
  });
  const unused = async () => true;
  const queue = { wake: unused, listen: () => {}, ready: async () => {}, close: async () => {} };
  const relay = startRelay({
    context: gate.context,
    capabilities,
    gate: queue,
    doer: queue,
    homes: { publish: unused, changed: unused },
    project: async (id) => {
      if (hanging.includes(id)) return hang;
      shown.add(id);
      return true;
    },
    alert: async ({ requestId, sink }) => {
      if (sink === 'slack') await hang;
      else if (requestId !== null) shown.add(requestId);
      return [];
    },
    pager: null,
    told: async () => {},
    released: () => {},
    hook: noFaults,
    log,
  });
  await waitUntil('what is urgent', () => shown.has(urgent) && shown.has(alerted));
  letGo();
  await relay.stop();
});

it('rule 14: timers and packets go on past a Redis that takes connections and never answers', async () => {
  const hole = await blackHole(0);
  hole.swallow();
  const place = { redisUrl: `redis://127.0.0.1:${hole.port}/0` };
  const queues = { place, clock: gate.clock, onError: () => {} };
  const [due, doer] = [
    openQueue({ ...queues, schema: 'bull' }),
    openQueue({ ...queues, schema: 'bull_doer' }),
  ];
  for (let count = 0; count < 400; count += 1) await leaveEffect('due');
  const unused = async () => true;
  const since = performance.now();
  const relay = startRelay({
    context: gate.context,
    capabilities,
    gate: due,
    doer,
    homes: { publish: unused, changed: unused },
    project: unused,
    alert: async () => [],
    pager: null,
    told: async () => {},
    released: () => {},
    hook: noFaults,
    log,
  });
  await waitUntil('an outbox without timers', async () =>
    withClient(gate.database.urls.admin, async (client) => {
      const left = await client.query("SELECT FROM gate.outbox WHERE kind = 'due'");
      return left.rowCount === 0;
    }),
  );
  expect(performance.now() - since).toBeLessThan(10_000); // two seconds for each 64 of them, were they waited for
  await relay.stop();
  await Promise.all([due.close(), doer.close()]);
  hole.close();
});

type Left = 'due' | 'project' | 'project_first' | 'alert';

/** An effect of a commit of its own: a timer, a message to show, or an alert for both sinks. */
async function leaveEffect(kind: Left): Promise<RequestId> {
  const id = newRequestId();
  await commit(gate.context.store, {
    tenant,
    at: gate.clock.now(),
    decision: oblige({ rule: 'test.write', message: 'A test writes.', basis: null }),
    event: { type: 'test.happened', requestId: id, actor: person('alice') },
    changes: [],
    effects: [effectOf(kind, id)],
  });
  return id;
}

function effectOf(kind: Left, requestId: RequestId) {
  if (kind === 'due') return { kind, requestId, version: 1, at: gate.clock.now().toISOString() };
  return kind === 'alert' ? { kind, requestId, alert: 'test', text: 'A test.' } : { kind, requestId };
}

it('rule 8: a receipt that cannot be settled holds up none behind it', async () => {
  const keys = generateKeySet(tenant);
  const bad = receiptOf(await poison());
  // Of a request nobody knows: settled by a rejection, which is said.
  const good = receiptOf(newRequestId());
  const settled = allOf<string>([good.packetId]);
  await leave(keys, bad);
  await leave(keys, good);
  const receipts = startReceipts({
    context: gate.context,
    capabilities,
    keyring: keys.worker.receiptKeyring,
    hook: noFaults,
    log: { ...log, warn: () => settled.told(good.packetId) },
  });
  await settled.done;
  await receipts.stop();
  const left = await readReceiptInbox(gate.context.store, tenant, 10);
  expect(left.map((row) => row.packetId)).toEqual([bad.packetId]);
});

it('a ledger that takes nothing for a minute is an alert, once: nothing is granted meanwhile', async () => {
  await poison();
  const alerts: string[] = [];
  const ledger = watchLedger({
    context: gate.context,
    everyMilliseconds: 1,
    alert: async ({ alert }) => {
      alerts.push(alert);
      return [];
    },
    log,
  });
  await waitUntil('the alert', () => {
    gate.clock.advance(30_000);
    return alerts.length > 0;
  });
  await ledger.stop();
  expect(alerts).toEqual(['ledger.stalled']);
});

it('rule 10: the sweep of a dead doer’s leases is of no request, and an entry all the same', async () => {
  const keys = generateKeySet(tenant);
  const swept: Receipt = {
    ...receiptOf(newRequestId()),
    origin: 'doer',
    requestId: null,
    kind: 'lease',
    evidence: { ended: ['cs_lease_dead'], left: [] },
  };
  await leave(keys, swept);
  const receipts = startReceipts({
    context: gate.context,
    capabilities,
    keyring: keys.worker.receiptKeyring,
    hook: noFaults,
    log,
  });
  const told = await waitUntil('the entry', async () => (await ledgered('doer.lease_swept'))[0]);
  await receipts.stop();
  expect(told).toMatchObject({
    request: null,
    actor: { process: 'doer' },
    data: { packet: swept.packetId, evidence: swept.evidence },
  });
});

/** What waits to be sequenced. */
const ledgered = (type: string) =>
  withClient(gate.database.urls.admin, async (admin) => {
    const { rows } = await admin.query<{ payload: Record<string, unknown> }>(
      `SELECT p AS payload FROM ledger.ledger_inbox, LATERAL (SELECT convert_from(payload, 'UTF8')::jsonb AS p) AS x
       WHERE p->>'type' = $1 ORDER BY id`,
      [type],
    );
    return rows.map((row) => row.payload);
  });

const receiptOf = (requestId: RequestId): Receipt => ({
  v: 1,
  origin: 'packet',
  packetId: newPacketId(),
  requestId,
  tenant,
  system: 'orders-db',
  kind: 'end',
  outcome: 'ended',
  code: 'done',
  at: gate.clock.now().toISOString(),
  expiresAt: null,
  account: null,
  evidence: { note: randomUUID() },
  drift: null,
  ciphertext: null,
});

const leave = (keys: ReturnType<typeof generateKeySet>, receipt: Receipt) =>
  withClient(gate.database.urls.doer, (doer) =>
    doer.query('INSERT INTO gate.receipt_inbox (tenant, packet_id, receipt) VALUES ($1, $2, $3)', [
      tenant,
      receipt.packetId,
      Buffer.from(signReceipt(receipt, keys.doer.receiptSigner)),
    ]),
  );
