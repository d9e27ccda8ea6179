import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CountersignError } from '../../src/core/errors.js';
import { root } from '../lib/steps.js';

export type ProcessName = 'app' | 'worker' | 'sequencer' | 'doer';

interface Program {
  /** Where our processes lie, compiled. */
  programs: string;
  settings: Settings;
  args?: readonly string[];
  logFile: string | null;
}

export interface Supervised {
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * One of our processes, with nothing in its environment but its own configuration. One that dies is started again, as
 * an installation's supervisor would.
 */
export function supervise(name: ProcessName | 'witness', options: Program): Supervised {
  let child = start(name, options);
  let stopping = false;
  const watch = (watched: ChildProcess): void => {
    watched.once('exit', () => {
      if (stopping) return;
      void delay(500).then(() => {
        if (stopping) return;
        child = start(name, options);
        watch(child);
      });
    });
  };
  watch(child);
  return {
    get pid() {
      return child.pid ?? 0;
    },
    stop: async () => {
      stopping = true;
      await endChild(child);
    },
  };
}

const LEASH = new URL('./leash.mjs', import.meta.url).href;

export type Settings = Readonly<Record<string, string | null>>;

function start(
  name: ProcessName | 'witness',
  { programs, settings, args = [], logFile }: Program,
): ChildProcess {
  const given = Object.entries(settings).filter((entry): entry is [string, string] => entry[1] !== null);
  const program = join(programs, `${name}.js`);
  const child = spawn(process.execPath, ['--import', LEASH, program, ...args], {
    cwd: root,
    env: Object.fromEntries(given.map(([key, value]) => [`COUNTERSIGN_${key}`, value])),
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  child.stdin?.on('error', () => {});
  if (logFile === null) child.stderr?.pipe(process.stderr, { end: false });
  else child.stderr?.pipe(createWriteStream(logFile, { flags: 'a', mode: 0o600 }));
  return child;
}

const GRACE_MILLISECONDS = 8_000;

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  if ((await Promise.race([gone, delay(GRACE_MILLISECONDS, 'late', { ref: false })])) === 'late')
    child.kill('SIGKILL');
  await gone;
}

const READY_SECONDS = 60;

/** Until the app is healthy and its Slack is there; `not_ready` after a minute. */
export async function untilReady(
  httpUrl: string,
  signal: AbortSignal | undefined,
  hasSlack: () => boolean,
): Promise<void> {
  const deadline = performance.now() + READY_SECONDS * 1_000;
  while (performance.now() < deadline) {
    signal?.throwIfAborted();
    const healthy = await fetch(`${httpUrl}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (healthy && hasSlack()) return;
    await delay(100);
  }
  throw new CountersignError(
    'not_ready',
    'The processes did not come up in a minute. Their logs say why: they are in the data directory.',
  );
}
