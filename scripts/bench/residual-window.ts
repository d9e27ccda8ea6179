import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { pino } from 'pino';
import { systemClock } from '../../src/core/clock.js';
import { parseVerifierKey, verifierKeyOf } from '../../src/core/note.js';
import { TenantId } from '../../src/core/tenant.js';
import { startHttp } from '../../src/edges/http/server.js';
import { witnessRoutes } from '../../src/edges/http/witness.js';
import { ANCHORING_MILLISECONDS } from '../../src/edges/queue/anchors.js';
import {
  checkpointKeysOf,
  createWitness,
  fileAnchor,
  logOrigin,
  startAnchoring,
  startSequencer,
  witnessAnchor,
} from '../../src/ledger/index.js';
import { startCluster } from '../lib/embedded-postgres.js';
import { migrate } from '../lib/migrate.js';

// How long what was committed could still be rewritten by who holds database and checkpoint key: from its commit to the
// first checkpoint over it that lies outside. With the worker's own period; docs/ledger.md says what it means.
//   node --import tsx scripts/bench/residual-window.ts [--events 60]
const { values } = parseArgs({ options: { events: { type: 'string', default: '60' } } });

const dataDir = mkdtempSync(join(tmpdir(), 'bench-window-'));
const password = randomBytes(12).toString('hex');
const cluster = await startCluster({ dataDir: join(dataDir, 'pg'), password });
await migrate({
  adminUrl: cluster.url,
  passwords: { cs_app: password, cs_worker: password, cs_sequencer: password, cs_doer: password },
});
const pool = new pg.Pool({ connectionString: cluster.url });
pool.on('error', () => {}); // the cluster stops first
const tenant = TenantId.parse('T1');
const origin = logOrigin(tenant);
const logKey = generateKeyPairSync('ed25519').privateKey;
const log = pino({ level: 'silent' });
const sequencer = startSequencer({
  databaseUrl: cluster.url,
  clock: systemClock,
  pollMilliseconds: 5,
  keys: checkpointKeysOf(logKey),
  memory: { remember: async () => {}, recall: async () => [] },
  log,
});
const vkey = parseVerifierKey(verifierKeyOf({ name: origin, type: 0x01, privateKey: logKey }));
const signer = {
  name: 'bench/witness',
  type: 0x04 as const,
  privateKey: generateKeyPairSync('ed25519').privateKey,
};
const stateDirectory = join(dataDir, 'witness');
const witness = createWitness({
  signer,
  logs: new Map([[origin, [vkey]]]),
  stateDirectory,
  clock: systemClock,
});
const routes = witnessRoutes(witness);
const server = await startHttp({ mount: (root) => root.route('/', routes), host: '127.0.0.1', port: 0, log });
const anchors = [
  fileAnchor({ path: join(dataDir, 'anchor'), domain: 'file', keysOf: async () => [vkey] }),
  witnessAnchor({ url: `http://127.0.0.1:${server.port}`, vkey: verifierKeyOf(signer), domain: 'witness' }),
];
const anchoring = startAnchoring({
  pool,
  tenant,
  anchors,
  clock: systemClock,
  everyMilliseconds: ANCHORING_MILLISECONDS,
  lagAlarmMilliseconds: 600_000,
  onLag: async () => {},
  log,
});

/** Milliseconds from an event's commit until each anchor's checkpoint covers it. */
async function measure(): Promise<Map<string, number>> {
  const eventId = crypto.randomUUID();
  const payload = `{"actor":{"process":"bench"},"data":{},"id":"${eventId}","type":"bench.happened"}`;
  const events = JSON.stringify([{ eventId, payload, personal: [], policyInput: null }]);
  await pool.query('SELECT ledger.enqueue($1, $2)', [tenant, events]);
  const committed = performance.now();
  const windows = new Map<string, number>();
  while (windows.size < anchors.length) {
    const { rows } = await pool.query<{ anchor: string }>(
      `SELECT anchor FROM ledger.ledger_anchor JOIN ledger.ledger_sequenced USING (tenant)
       WHERE tenant = $1 AND event_id = $2 AND size > seq`,
      [tenant, eventId],
    );
    for (const { anchor } of rows)
      if (!windows.has(anchor)) windows.set(anchor, performance.now() - committed);
    await delay(20);
  }
  return windows;
}

const samples: Promise<Map<string, number>>[] = [];
for (let event = 0; event < Number(values.events); event++) {
  samples.push(measure());
  await delay(Math.random() * 1_000);
}
const measured = await Promise.all(samples);
console.log(
  `Residual window, ${measured.length} events at random moments, anchors asked every ${ANCHORING_MILLISECONDS} ms`,
);
for (const { name } of anchors) {
  const sorted = measured.map((windows) => windows.get(name) ?? 0).sort((left, right) => left - right);
  const at = (share: number) => ((sorted[Math.floor((sorted.length - 1) * share)] ?? 0) / 1_000).toFixed(1);
  console.log(`  ${name.padEnd(16)} p50 ${at(0.5)} s   p99 ${at(0.99)} s   longest ${at(1)} s`);
}
await anchoring.stop();
await sequencer.stop();
await server.close();
await pool.end();
await cluster.stop();
rmSync(dataDir, { recursive: true, force: true });
