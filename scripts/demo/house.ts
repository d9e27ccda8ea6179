import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connectorKinds } from '../../src/connectors/kinds.js';
import { TenantId } from '../../src/core/tenant.js';
import { type PolicyFiles, readPolicyFiles } from '../../src/policy/index.js';
import type { SlackPatience } from '../../test/harness/slack/index.js';
import { removeCluster } from '../lib/embedded-postgres.js';
import { type Anchors, keepAnchors } from './anchors.js';
import { keepGenesis } from './genesis.js';
import { type ProcessName, type Settings, type Supervised, supervise, untilReady } from './processes.js';
import { hasSecrets, keepKeys, keepSecrets, type Secrets } from './secrets.js';
import { EXAMPLE_POLICIES, settingsOf } from './settings.js';
import { clustersIn, type Surroundings, startSurroundings } from './surroundings.js';
import { TEAM } from './workspace.js';

export interface HouseOptions {
  /** Where our processes lie, compiled: `compilePrograms()`. */
  programs: string;
  dataDir: string;
  slackPort: number;
  httpPort: number;
  clockFile: string | null;
  /** How Slack reaches the app; Socket Mode unless told. */
  slackMode?: 'socket' | 'http';
  slackPatience?: SlackPatience;
  /** How long the processes may take to start; a minute unless told. */
  readySeconds?: number;
  /** Where a local Slack already runs; absent or null: one is started. */
  localSlack?: string | null;
  /** Where the processes' logs go: files in the data directory, or our stderr. */
  logs: 'files' | 'stderr';
  say: (line: string) => void;
  /** Aborted: the start is given up, and what was started is stopped. */
  signal?: AbortSignal;
  /** Also the Okta and the GitHub of the example organisation. */
  vendors: boolean;
  /** Settings of one kind of process beside those of the house. */
  more?: (name: ProcessName) => Settings;
  /** Roles, systems and people other than the example organisation's. */
  policiesDir?: string;
}

/** Countersign and everything it needs, on this machine. */
export interface House extends Surroundings {
  tenant: TenantId;
  files: PolicyFiles;
  secrets: Secrets;
  httpUrl: string;
  processes: Readonly<Record<ProcessName, Supervised>>;
  /** Somebody else's process, watching our ledger. */
  witness: Anchors['witness'] & { process: Supervised };
  /** One more process of a kind, e.g. to have two, or one that dies at a named spot. */
  addProcess(name: ProcessName, settings?: Settings): Supervised;
  /** Processes first, databases last. */
  stop(): Promise<void>;
}

/** Starts over. Throws `cluster_in_use`, and forgets nothing, while a house lives there. */
export async function forgetHouse(dataDir: string): Promise<void> {
  for (const cluster of Object.values(clustersIn(dataDir))) await removeCluster(cluster);
  rmSync(dataDir, { recursive: true, force: true });
}

export async function startHouse(options: HouseOptions): Promise<House> {
  const { dataDir, signal } = options;
  const say = (line: string) => {
    signal?.throwIfAborted();
    options.say(line);
  };
  mkdirSync(join(dataDir, 'logs'), { recursive: true, mode: 0o700 });
  const tenant = TenantId.parse(TEAM);
  const files = readPolicyFiles(options.policiesDir ?? EXAMPLE_POLICIES, connectorKinds);
  if (!hasSecrets(dataDir))
    for (const cluster of Object.values(clustersIn(dataDir))) await removeCluster(cluster);
  const secrets = keepSecrets(dataDir);
  const httpUrl = `http://127.0.0.1:${options.httpPort}`;
  await keepKeys(dataDir, tenant);
  const anchors = await keepAnchors(dataDir, tenant);
  const stops: (() => Promise<void>)[] = [];
  const onStop = (stop: () => Promise<void>) => stops.unshift(stop);
  const stop = async () => {
    for (const end of stops.splice(0)) await end();
  };
  try {
    const around = await startSurroundings(options, { files, secrets, httpUrl, say, onStop });
    await keepGenesis({ tenant, files, secrets, ours: around.ours, options });
    say('Starting app, worker, sequencer, doer, and a witness for the ledger.');
    const settings = settingsOf({ tenant, secrets, around, anchorsFile: anchors.file, options });
    const { witness, ...ours } = startProcesses(options, {
      settings,
      witnessFile: anchors.witness.settingsFile,
      onStop,
    });
    const hasSlack = () => options.slackMode === 'http' || around.workspace.proxy.connections() > 0;
    await untilReady([...Object.values(ours.processes), witness], hasSlack, options);
    return {
      ...around,
      ...ours,
      tenant,
      files,
      secrets,
      httpUrl,
      witness: { ...anchors.witness, process: witness },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startProcesses(
  { dataDir, logs, programs, more }: HouseOptions,
  given: {
    settings: Record<ProcessName, Settings>;
    witnessFile: string;
    onStop: (stop: () => Promise<void>) => void;
  },
) {
  const started: Supervised[] = [];
  given.onStop(async () => {
    await Promise.all(started.map((one) => one.stop()));
  });
  const start = (name: ProcessName | 'witness', settings: Settings, args: string[] = []): Supervised => {
    const logFile = logs === 'files' ? join(dataDir, 'logs', `${name}.log`) : null;
    const one = supervise(name, { programs, settings, args, logFile });
    started.push(one);
    return one;
  };
  const addProcess = (name: ProcessName, settings: Settings = {}): Supervised =>
    start(name, { ...given.settings[name], ...more?.(name), ...settings });
  const processes = {
    sequencer: addProcess('sequencer'),
    doer: addProcess('doer'),
    worker: addProcess('worker'),
    app: addProcess('app'),
  };
  return { processes, addProcess, witness: start('witness', {}, [given.witnessFile]) };
}
