import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { verifyLedger } from '../../src/ledger/index.js';
import { type LedgerHarness, openLedger, tenant, until } from './harness.js';

const KILLS = 100;
const SEED = 20_261_121;
const SPOTS = ['sequencer.drained', 'sequencer.ready', 'sequencer.appended'];

/** Mulberry32: the same kills at the same moments each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

let ledger: LedgerHarness;
let directory: string;
beforeAll(async () => {
  ledger = await openLedger();
  directory = mkdtempSync(join(tmpdir(), 'sequencer-'));
});
afterAll(async () => {
  await ledger.close();
  rmSync(directory, { recursive: true, force: true });
});

function startProcess(spot: string | null): ChildProcess {
  return spawn(process.execPath, [join(inject('programs'), 'sequencer.js')], {
    stdio: 'ignore',
    env: {
      COUNTERSIGN_TENANT: tenant,
      COUNTERSIGN_KEYS_DIR: join(directory, 'keys'),
      COUNTERSIGN_DATA_DIR: join(directory, 'data'),
      COUNTERSIGN_LOG_LEVEL: 'silent',
      COUNTERSIGN_DATABASE_URL: ledger.database.urls.sequencer,
      ...(spot === null ? {} : { COUNTERSIGN_FAULT_SPOT: spot }),
    },
  });
}

test(`attack 15: ${KILLS} kills -9 lose no acknowledged event, fork nothing and leave no gap`, {
  timeout: 600_000,
}, async () => {
  const random = seeded(SEED);
  const acknowledged: string[] = [];
  const someSpot = () => (random() < 0.5 ? (SPOTS[Math.floor(random() * SPOTS.length)] ?? null) : null);
  let next = startProcess(someSpot());
  for (let kill = 0; kill < KILLS; kill++) {
    const leader = next;
    next = startProcess(someSpot());
    const before = await sizeOf();
    acknowledged.push(
      ...(await ledger.enqueue(Array.from({ length: 1 + Math.floor(random() * 5) }, () => ({})))),
    );
    expect(leader.exitCode, 'a process ends by kill -9 alone').toBeNull();
    const died = once(leader, 'exit');
    if (leader.exitCode === null && leader.signalCode === null) {
      await Promise.race([died, until(async () => (await sizeOf()) > before, 2).catch(() => {})]);
      await setTimeout(random() * 10);
      leader.kill('SIGKILL');
      if (leader.signalCode === null) await died;
    }
  }
  next.kill('SIGKILL');
  const last = startProcess(null);
  await ledger.drained(60);
  last.kill('SIGKILL');
  await once(last, 'exit');

  const { rows } = await ledger.admin.query<{ event_id: string }>(
    'SELECT event_id FROM ledger.ledger_sequenced ORDER BY seq',
  );
  const sequenced = rows.map((row) => row.event_id);
  expect(new Set(sequenced)).toEqual(new Set(acknowledged));
  expect(await verifyLedger(ledger.admin, tenant)).toMatchObject({ ok: true, size: acknowledged.length });
});

async function sizeOf(): Promise<number> {
  const { rows } = await ledger.admin.query<{ size: string }>('SELECT size FROM ledger.ledger_head');
  return Number(rows[0]?.size ?? 0);
}
