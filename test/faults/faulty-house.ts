import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessName } from '../../scripts/demo/processes.js';
import { PATIENCE, startTestHouse, type TestHouse } from '../harness/house.js';
import { waitUntil } from '../harness/slack/index.js';

/** A house whose processes die where a test tells them to, and are started again as a supervisor would. */
export interface FaultyHouse extends TestHouse {
  /** The process will die at the next `spot` it reaches; the promise resolves when its successor runs. */
  arm(name: ProcessName, spot: string): { died: (deadlineMs?: number) => Promise<void> };
  /** Lets what a dead process had in hand lapse: its claims and leases last a minute of the injected clock. */
  passMinute(): void;
}

export async function startFaultyHouse(options: { vendors?: boolean } = {}): Promise<FaultyHouse> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-faults-'));
  const fileOf = (name: ProcessName): string => join(directory, name);
  for (const name of ['app', 'worker', 'sequencer', 'doer'] as const) writeFileSync(fileOf(name), '');
  const house = await startTestHouse({ ...options, more: (name) => ({ FAULT_FILE: fileOf(name) }) });
  return {
    ...house,
    arm: (name, spot) => {
      const process = house.house.processes[name];
      const { pid } = process;
      writeFileSync(fileOf(name), spot);
      return {
        died: async (deadlineMs = PATIENCE) => {
          await waitUntil(
            `${name} dies at ${spot}`,
            () => readFileSync(fileOf(name), 'utf8') === '',
            deadlineMs,
          );
          await waitUntil(`${name} is started again`, () => process.pid !== pid, PATIENCE);
          if (name === 'app') await appAnswers(house);
        },
      };
    },
    passMinute: () => house.passTime(61_000),
    stop: async () => {
      await house.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Slack has a connection to deliver to. */
const appAnswers = ({ house }: TestHouse): Promise<true> =>
  waitUntil('the app is connected', () => house.workspace.proxy.connections() > 0, PATIENCE);
