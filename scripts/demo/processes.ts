import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
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
  readonly name: string;
  readonly pid: number;
  /** It said that it is ready and has not ended since. */
  readonly isReady: boolean;
  /** How often it ended by itself. */
  readonly deaths: number;
  /** Its last message. */
  readonly said: string;
  stop(): Promise<void>;
}

/**
 * One of our processes, with nothing in its environment but its own configuration. One that dies is started again, as
 * an installation's supervisor would.
 */
export function supervise(name: ProcessName | 'witness', options: Program): Supervised {
  const seen = { isReady: false, deaths: 0, said: '' };
  let child = start(name, options);
  let stopping = false;
  const watch = (watched: ChildProcess): void => {
    listen(watched, (message) => {
      seen.said = message;
      if (/\bready$/.test(message)) seen.isReady = true;
    });
    watched.once('exit', () => {
      if (stopping) return;
      seen.isReady = false;
      seen.deaths += 1;
      void delay(500).then(() => {
        if (stopping) return;
        child = start(name, options);
        watch(child);
      });
    });
  };
  watch(child);
  return {
    name,
    get pid() {
      return child.pid ?? 0;
    },
    get isReady() {
      return seen.isReady;
    },
    get deaths() {
      return seen.deaths;
    },
    get said() {
      return seen.said;
    },
    stop: async () => {
      stopping = true;
      await endChild(child);
    },
  };
}

const Line = z.object({ msg: z.string() });

/** Hears the message of every line that the process logs. */
function listen(child: ChildProcess, hear: (message: string) => void): void {
  if (child.stderr === null) return;
  createInterface({ input: child.stderr }).on('line', (line) => {
    const message = line.startsWith('{') ? Line.safeParse(parseJson(line)).data?.msg : line;
    if (message !== undefined) hear(message);
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
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
/** One death may be a database that is not quite there; so many are a process that cannot start. */
const DEATHS = 3;

/** Until all said they are ready and `isConnected`; `not_ready` once one keeps dying, or after `readySeconds`. */
export async function untilReady(
  processes: readonly Supervised[],
  isConnected: () => boolean,
  { signal, readySeconds = READY_SECONDS }: { signal?: AbortSignal; readySeconds?: number },
): Promise<void> {
  const deadline = performance.now() + readySeconds * 1_000;
  for (;;) {
    signal?.throwIfAborted();
    const waiting = processes.find((one) => !one.isReady);
    if (waiting === undefined && isConnected()) return;
    const isLate = performance.now() > deadline;
    if (isLate || (waiting !== undefined && waiting.deaths >= DEATHS))
      throw new CountersignError(
        'not_ready',
        waiting === undefined
          ? 'The app does not reach the local Slack. Start over with --fresh, or on another --slack-port.'
          : `The ${waiting.name} does not start. The last it said: ${waiting.said || 'nothing'}`,
      );
    await delay(100);
  }
}
