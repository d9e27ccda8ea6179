import { rmSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { startTestHouse } from '../../test/harness/house.js';
import { compilePrograms } from '../lib/programs.js';
import { bareWrites, clickToReadBack, OWN_STEPS, STEPS } from './elevation/click-to-read-back.js';
import { commandToModal } from './elevation/command-to-modal.js';
import { endBare, endMany } from './elevation/ends.js';
import { at, showMemory, showRatio, showSpread } from './elevation/figures.js';
import { grantMany, openVerbs } from './elevation/grants.js';
import { allowGrants, benchPolicies } from './elevation/organisation.js';

// The three waits of an access, each beside its floor in the same run: docs/performance.md says what each means.
//   node --import tsx scripts/bench/elevation.ts [--rounds 40] [--ends 1,100,1000]
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '40' }, ends: { type: 'string', default: '1,100,1000' } },
});
const ROUNDS = Number(values.rounds);
const ENDS = values.ends.split(',').map(Number);
/** Each number of grants has its own length, so that one step of the clock ends those and no others. */
const MINUTES = 30;

const showLoad = (when: string) =>
  console.log(
    `${when}: ${cpus().length} CPUs, load average ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  );
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`;

showLoad('Before');
const policiesDir = benchPolicies();
const test = await startTestHouse({ programs: compilePrograms(), policiesDir });
try {
  allowGrants(test.dataDir, ROUNDS + sum(ENDS));
  showMemory('at the start', test.house);

  console.log('Command to modal');
  const modal = await commandToModal(test, ROUNDS);
  const house = { ...test.house, processes: { ...test.house.processes, app: modal.app } };
  showSpread('ours', modal.ours.times);
  showSpread('bare Bolt, the same modal', modal.bare.times);
  showRatio('ours / bare Bolt, p50', at(modal.ours.times, 0.5), at(modal.bare.times, 0.5));
  showRatio('ours / bare Bolt, p95', at(modal.ours.times, 0.95), at(modal.bare.times, 0.95));
  console.log(`  commands without a modal in time: ours ${modal.ours.lost}, bare Bolt ${modal.bare.lost}`);

  console.log('Click on Approve to the proved access on the card');
  const { measured: clicks, lost } = await clickToReadBack(test, ROUNDS);
  const wholes = clicks.map((steps) => sum(Object.values(steps)));
  const own = clicks.map((steps) => sum(OWN_STEPS.map((step) => steps[step])));
  const writes = await bareWrites(test, ROUNDS);
  showSpread('the whole', wholes);
  for (const step of ['slackIn', ...OWN_STEPS, 'slackOut'] as const)
    showSpread(
      `  ${STEPS[step]}`,
      clicks.map((steps) => steps[step]),
    );
  showSpread('our own steps together', own);
  showSpread('the same grant typed by an administrator', writes);
  showRatio('the whole / our own steps, p50', at(wholes, 0.5), at(own, 0.5));
  showRatio(
    "doer's step / the same typed, p50",
    at(
      clicks.map((steps) => steps.doer),
      0.5,
    ),
    at(writes, 0.5),
  );
  console.log(`  clicks lost: ${lost}`);
  showMemory('after the clicks', house);

  console.log('Due to the last session dead, all ending at once on one system');
  const context = await openVerbs(test);
  const waves = [];
  for (const [wave, count] of ENDS.entries()) {
    const minutes = MINUTES * (wave + 1);
    const from = performance.now();
    waves.push({ minutes, count, granted: await grantMany(context, count, minutes) });
    console.log(`  ${count} granted in ${seconds(performance.now() - from)}`);
  }
  await context.store.close();
  showMemory('with all of them in force', house);
  for (const { minutes, count, granted } of waves) {
    const bare = await endBare(test, count);
    const ended = await endMany(test, granted, minutes);
    console.log(
      `  ${count} grants, ${ended.sessions} open sessions: last session dead ${seconds(ended.lastSessionDead)}   last account gone ${seconds(ended.lastAccountGone)}   last end proved in the ledger ${seconds(ended.lastProved)}`,
    );
    console.log(
      `  ${count} bare accounts ended by a script: last session dead ${seconds(bare.lastSessionDead)}   last account gone ${seconds(bare.lastAccountGone)}`,
    );
    showRatio('last session dead / by a script', ended.lastSessionDead, bare.lastSessionDead);
    showRatio('last account gone / by a script', ended.lastAccountGone, bare.lastAccountGone);
    showMemory(`after ${count} ends`, house);
  }
} finally {
  await test.stop();
  rmSync(policiesDir, { recursive: true, force: true });
}
showLoad('After');
