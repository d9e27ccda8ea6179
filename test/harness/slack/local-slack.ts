import { spawn } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import { freePort } from '../../../scripts/lib/free-port.js';
import { readArchive } from './archive.js';
import type { SlackConfig } from './config.js';
import { waitUntil } from './wait.js';

export type LocalSlack = { url: string; stop(): Promise<void> };

/** Ends with its starter: when the pipe on its standard input closes, however that came about, the program is stopped. */
const LEASHED =
  'exec 3<&0; "$0" "$@" 3<&- </dev/null & program=$!; (cat <&3 >/dev/null; kill $program 2>/dev/null) & wait $program';

/**
 * Starts the stand-in for Slack (npm `local-slack`, MIT, made by others) on a port of its own. Bots, browsers and tests
 * talk to the strict proxy in front of it, never to it. With `dataDir`, direct messages opened earlier exist again; with
 * `runningAt`, one that somebody else started with our configuration is used.
 * Throws one sentence that says what to do where there is no binary for this machine.
 */
export async function startLocalSlack(options: {
  config: SlackConfig;
  port?: number;
  dataDir?: string;
  runningAt?: string;
}): Promise<LocalSlack> {
  const scratch = await mkdtemp(join(tmpdir(), 'countersign-slack-'));
  const filesDir = join(options.dataDir ?? scratch, 'files');
  await mkdir(filesDir, { recursive: true });
  const configFile = join(options.dataDir ?? scratch, 'local-slack.json');
  await writeFile(configFile, JSON.stringify(await standInConfig(options.config, options.dataDir)), {
    mode: 0o600,
  });
  if (options.runningAt !== undefined) return await joinRunning(options.runningAt, configFile);

  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const flags = ['--config', configFile, '--port', `${port}`, '--base-host', '127.0.0.1'];
  const child = spawn(
    '/bin/sh',
    ['-c', LEASHED, locateBinary(configFile), ...flags, '--files-dir', filesDir],
    {
      stdio: ['pipe', 'ignore', 'pipe'],
    },
  );
  child.stdin.on('error', () => {});
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000);
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    await waitUntil('the local Slack answers', () => {
      if (child.exitCode !== null) throw new Error(`The local Slack stopped at once. ${complaint}`);
      return answers(url);
    });
  } catch (error) {
    child.stdin.end();
    throw error;
  }
  return {
    url,
    async stop() {
      child.stdin.end();
      await exited;
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

async function joinRunning(url: string, configFile: string): Promise<LocalSlack> {
  if (await answers(url)) return { url, stop: async () => {} };
  throw new Error(`No local Slack answers at ${url}: ${howToRun(configFile, new URL(url).port)}`);
}

/** Whatever the app's mode, the stand-in speaks Socket Mode to the proxy, which delivers in the app's own mode. */
async function standInConfig(
  config: SlackConfig,
  dataDir: string | undefined,
): Promise<z.input<typeof SlackConfig>> {
  const { requestUrl: _deliveredByTheProxy, shortcuts: _drawnByTheProxy, ...app } = config.app;
  const earlier = dataDir ? (await readArchive(dataDir)).channels : [];
  const known = new Set(config.channels.map((channel) => channel.id));
  return {
    ...config,
    app: { ...app, mode: 'socket' },
    channels: [...config.channels, ...earlier.filter((channel) => !known.has(channel.id))],
  };
}

function locateBinary(configFile: string): string {
  const wanted = `local-slack-${process.platform}-${process.arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${wanted}/package.json`);
    const binary = join(dirname(manifest), 'bin', 'local-slack');
    if (existsSync(binary)) {
      chmodSync(binary, 0o755);
      return binary;
    }
  } catch {
    // Not installed: the sentence below says what to do.
  }
  throw new Error(
    `There is no local Slack for ${process.platform}-${process.arch} among our packages: ${howToRun(configFile, '3190')} Or use a real workspace (README, "A real workspace").`,
  );
}

const howToRun = (configFile: string, port: string): string =>
  `run \`npx local-slack --config ${configFile} --port ${port}\` in another terminal, then \`npm run demo -- --local-slack http://127.0.0.1:${port}\`.`;

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(new URL('/_control/state', url))).ok;
  } catch {
    return false;
  }
}
