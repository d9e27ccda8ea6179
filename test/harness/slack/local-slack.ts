import { spawn } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readArchive } from './archive.js';
import type { SlackConfig } from './config.js';
import { freePort } from './free-port.js';
import { waitUntil } from './wait.js';

export type LocalSlack = { url: string; pid: number; stop(): Promise<void> };

/**
 * Starts the stand-in for Slack (npm `local-slack`, MIT, made by others) on a port of its own. Bots, browsers and tests
 * talk to the strict proxy in front of it, never to it. With `dataDir`, direct messages opened earlier exist again.
 * Throws one sentence that says what to do where there is no binary for this machine.
 */
export async function startLocalSlack(options: {
  config: SlackConfig;
  port?: number;
  dataDir?: string;
}): Promise<LocalSlack> {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const scratch = await mkdtemp(join(tmpdir(), 'countersign-slack-'));
  const filesDir = options.dataDir ? join(options.dataDir, 'files') : join(scratch, 'files');
  await mkdir(filesDir, { recursive: true });
  const configFile = join(scratch, 'config.json');
  await writeFile(configFile, JSON.stringify(await standInConfig(options.config, options.dataDir)), {
    mode: 0o600,
  });

  const child = spawn(
    locateBinary(),
    ['--config', configFile, '--port', `${port}`, '--base-host', '127.0.0.1', '--files-dir', filesDir],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000);
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const killChild = () => child.kill('SIGKILL');
  process.once('exit', killChild);
  try {
    await waitUntil('the local Slack answers', () => {
      if (child.exitCode !== null) throw new Error(`The local Slack stopped at once. ${complaint}`);
      return answers(`${url}/_control/state`);
    });
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      process.removeListener('exit', killChild);
      child.kill('SIGTERM');
      await exited;
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** Whatever the app's mode, the stand-in speaks Socket Mode to the proxy, which delivers in the app's own mode. */
async function standInConfig(config: SlackConfig, dataDir: string | undefined): Promise<SlackConfig> {
  const { requestUrl: _deliveredByTheProxy, ...app } = config.app;
  const earlier = dataDir ? (await readArchive(dataDir)).channels : [];
  const known = new Set(config.channels.map((channel) => channel.id));
  return {
    ...config,
    app: { ...app, mode: 'socket' },
    channels: [...config.channels, ...earlier.filter((channel) => !known.has(channel.id))],
  };
}

function locateBinary(): string {
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
    `There is no local Slack for ${process.platform}-${process.arch} here: run \`npx local-slack --config <file>\` yourself and pass its address, or use a real workspace (README, "A real workspace").`,
  );
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
