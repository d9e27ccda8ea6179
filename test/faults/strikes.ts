import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ProcessName } from '../../scripts/demo/processes.js';
import { PATIENCE } from '../harness/house.js';
import type { FaultyHouse } from './faulty-house.js';

/** Where processes die while somebody does something: each at its own spots, one after the other. */
export type Strikes = Readonly<Partial<Record<ProcessName, readonly string[]>>>;

/** Each waits for those before it, of every process. */
const REACHED_WITHIN = 4 * PATIENCE;

const UNASKED = ['worker', 'sequencer', 'doer'] as const;

/** Lets processes die during what people do, and says where they did. */
export function striker(house: FaultyHouse) {
  const struck: string[] = [];
  async function strike(act: string, name: ProcessName, spot: string, doIt = async () => {}) {
    const { died } = house.arm(name, spot);
    await doIt();
    await died(REACHED_WITHIN);
    struck.push(`${spot} (${act})`);
    if (name === 'worker') house.passMinute();
  }
  return {
    struck,
    /** Does it, and again each time the app died; resolves when all have died, and run again. */
    async during(act: string, strikes: Strikes, doIt: () => Promise<void>): Promise<void> {
      const { app = [] } = strikes;
      const asked = async () => {
        for (const spot of app) await strike(act, 'app', spot, doIt);
        await doIt();
      };
      const inTurn = async (name: ProcessName) => {
        for (const spot of strikes[name] ?? []) await strike(act, name, spot);
      };
      const done = await Promise.allSettled([asked(), ...UNASKED.map(inTurn)]);
      for (const one of done) if (one.status === 'rejected') throw one.reason;
    },
  };
}

/** Every spot that our code names. */
export function spotsInCode(): Set<string> {
  const src = resolve(import.meta.dirname, '../../src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const named = files
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => [
      ...readFileSync(join(src, file), 'utf8').matchAll(/(?:hook|faults|noFaults\))\('([a-z.]+)'\)/g),
    ]);
  return new Set(named.flatMap(([, spot]) => spot ?? []));
}
