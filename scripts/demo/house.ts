import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { clockFromFile } from '../../src/clock-file.js';
import { connectorKinds } from '../../src/connectors/kinds.js';
import { sha256Hex } from '../../src/core/canonical.js';
import { systemClock } from '../../src/core/clock.js';
import { CountersignError } from '../../src/core/errors.js';
import { TenantId } from '../../src/core/tenant.js';
import { createPseudonyms, fileSubjectKeys } from '../../src/ledger/index.js';
import { type PolicyFiles, readPolicyFiles } from '../../src/policy/index.js';
import { applyGenesis, openStore } from '../../src/store/index.js';
import type { PagerDutyStandIn } from '../../test/harness/pagerduty.js';
import { type Cluster, removeCluster, startCluster } from '../lib/embedded-postgres.js';
import { migrate } from '../lib/migrate.js';
import { type Anchors, keepAnchors } from './anchors.js';
import { startBurningPagerDuty } from './pagerduty.js';
import { type ProcessName, type Settings, type Supervised, supervise } from './processes.js';
import { hasSecrets, keepKeys, keepSecrets, type Secrets } from './secrets.js';
import { keepTarget } from './target.js';
import { startVendors, type Vendors } from './vendors.js';
import { CHANNELS, startWorkspace, TEAM, type Workspace, workspaceConfig } from './workspace.js';

export interface HouseOptions {
  /** Where our processes lie, compiled: `compilePrograms()`. */
  programs: string;
  dataDir: string;
  slackPort: number;
  httpPort: number;
  clockFile: string | null;
  /** How Slack reaches the app; Socket Mode unless told. */
  slackMode?: 'socket' | 'http';
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
export interface House {
  tenant: TenantId;
  files: PolicyFiles;
  secrets: Secrets;
  ours: Cluster;
  target: Cluster;
  workspace: Workspace;
  vendors: Vendors | null;
  httpUrl: string;
  processes: Readonly<Record<ProcessName, Supervised>>;
  /** Somebody else's process, watching our ledger. */
  witness: Anchors['witness'] & { process: Supervised };
  /** A PagerDuty with an active SEV-1 on the orders database. */
  pagerDuty: PagerDutyStandIn;
  /** One more process of a kind, e.g. to have two, or one that dies at a named spot. */
  addProcess(name: ProcessName, settings?: Settings): Supervised;
  /** Processes first, databases last. */
  stop(): Promise<void>;
}

const ROOT = resolve(import.meta.dirname, '..', '..');
const EXAMPLE = join(ROOT, 'policies');

const clustersIn = (dataDir: string) => ({
  ours: join(dataDir, 'ours'),
  target: join(dataDir, 'target-cluster'),
});

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
  const files = readPolicyFiles(options.policiesDir ?? EXAMPLE, connectorKinds);
  const clusters = clustersIn(dataDir);
  if (!hasSecrets(dataDir)) for (const cluster of Object.values(clusters)) await removeCluster(cluster);
  const secrets = keepSecrets(dataDir);
  const httpUrl = `http://127.0.0.1:${options.httpPort}`;
  await keepKeys(dataDir, tenant);
  const anchors = await keepAnchors(dataDir, tenant);
  const running: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of running.reverse()) await end();
    running.length = 0;
  };
  try {
    say('Starting PostgreSQL twice: ours, and the target that access is granted on.');
    const ours = await startCluster({ dataDir: clusters.ours, password: secrets.ours });
    running.push(() => ours.stop());
    const target = await startCluster({ dataDir: clusters.target, password: secrets.target });
    running.push(() => target.stop());
    say('Creating database roles, migrating, preparing the target.');
    await migrate({ adminUrl: ours.url, passwords: secrets.logins });
    const vendors = options.vendors ? await startVendors(files.organisation) : null;
    if (vendors) running.push(() => vendors.stop());
    const { targetsFile, limitsFile } = await keepTarget({
      vendors,
      dataDir,
      adminUrl: target.url,
      systems: files.organisation.systems,
      say: () => {},
    });
    await keepGenesis({ tenant, files, secrets, ours, options });
    say('Starting the local Slack.');
    const workspace = await startWorkspace({
      config: workspaceConfig(
        files.organisation,
        secrets,
        options.slackMode === 'http' ? `${httpUrl}/slack/events` : undefined,
      ),
      port: options.slackPort,
      dataDir: join(dataDir, 'slack'),
      runningAt: options.localSlack ?? null,
    });
    running.push(() => workspace.stop());
    const pagerDuty = await startBurningPagerDuty(files.organisation);
    running.push(() => pagerDuty.close());
    say('Starting app, worker, sequencer, doer, and a witness for the ledger.');
    const settings = settingsOf({
      tenant,
      secrets,
      ours,
      workspace,
      targetsFile,
      limitsFile,
      anchorsFile: anchors.file,
      pagerDuty,
      options,
    });
    const started: Supervised[] = [];
    const logFile = (name: string) =>
      options.logs === 'files' ? join(dataDir, 'logs', `${name}.log`) : null;
    const addProcess = (name: ProcessName, more: Settings = {}): Supervised => {
      const one = supervise(name, {
        programs: options.programs,
        settings: { ...settings[name], ...options.more?.(name), ...more },
        logFile: logFile(name),
      });
      started.push(one);
      return one;
    };
    const processes = {
      sequencer: addProcess('sequencer'),
      doer: addProcess('doer'),
      worker: addProcess('worker'),
      app: addProcess('app'),
    };
    const watching = supervise('witness', {
      programs: options.programs,
      settings: {},
      args: [anchors.witness.settingsFile],
      logFile: logFile('witness'),
    });
    started.push(watching);
    running.push(async () => {
      await Promise.all(started.map((one) => one.stop()));
    });
    await untilReady(
      httpUrl,
      signal,
      () => options.slackMode === 'http' || workspace.proxy.connections() > 0,
    );
    const witness = { ...anchors.witness, process: watching };
    return {
      tenant,
      files,
      secrets,
      ours,
      target,
      workspace,
      vendors,
      httpUrl,
      processes,
      witness,
      pagerDuty,
      addProcess,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The example organisation, applied once as a ledgered genesis; later starts find it in force. */
async function keepGenesis(given: {
  tenant: TenantId;
  files: PolicyFiles;
  secrets: Secrets;
  ours: Cluster;
  options: HouseOptions;
}): Promise<void> {
  const { tenant, files, secrets, ours, options } = given;
  const clock = options.clockFile === null ? systemClock : clockFromFile(options.clockFile);
  const store = openStore({
    databaseUrl: loginUrl(ours, 'cs_worker', secrets),
    pseudonyms: createPseudonyms,
    subjectKeys: fileSubjectKeys(join(options.dataDir, 'subject-keys')),
  });
  try {
    if ((await store.prisma.policyApply.count({ where: { tenant } })) > 0) return;
    const at = clock.now();
    const expiresAt = new Date(at.getTime() + 365 * 86_400_000);
    const token = { digest: sha256Hex(secrets.auditorToken), label: 'first-auditor', expiresAt };
    const applied = await applyGenesis(store, { tenant, at, files, auditorToken: token });
    if (!applied.ok) throw new CountersignError('genesis_refused', applied.message);
  } finally {
    await store.close();
  }
}

function settingsOf(given: {
  pagerDuty: PagerDutyStandIn;
  tenant: TenantId;
  secrets: Secrets;
  ours: Cluster;
  workspace: Workspace;
  targetsFile: string;
  limitsFile: string;
  anchorsFile: string;
  options: HouseOptions;
}): Record<ProcessName, Settings> {
  const { tenant, secrets, ours, workspace, options } = given;
  const common = (name: ProcessName) => ({
    TENANT: tenant,
    KEYS_DIR: join(options.dataDir, 'keys', name),
    CLOCK_FILE: options.clockFile,
    DATABASE_URL: loginUrl(ours, `cs_${name}`, secrets),
  });
  const gatekeeper = {
    POLICIES_DIR: options.policiesDir ?? EXAMPLE,
    SUBJECT_KEYS_DIR: join(options.dataDir, 'subject-keys'),
    SLACK_BOT_TOKEN: secrets.slack.botToken,
    SLACK_API_URL: workspace.proxy.apiUrl,
    SLACK_REQUESTS_CHANNEL: CHANNELS.requests,
    SLACK_CODEX_HPS_CHANNEL: CHANNELS['codex-hps'],
    PAGERDUTY_URL: given.pagerDuty.url,
    PAGERDUTY_TOKEN: given.pagerDuty.token,
    ANCHORS_FILE: given.anchorsFile,
  };
  return {
    app: {
      ...common('app'),
      ...gatekeeper,
      SLACK_MODE: options.slackMode ?? 'socket',
      SLACK_APP_TOKEN: secrets.slack.appToken,
      SLACK_SIGNING_SECRET: secrets.slack.signingSecret,
      HTTP_PORT: String(options.httpPort),
    },
    worker: { ...common('worker'), ...gatekeeper },
    sequencer: {
      ...common('sequencer'),
      DATA_DIR: join(options.dataDir, 'sequencer'),
      ANCHORS_FILE: given.anchorsFile,
    },
    doer: {
      ...common('doer'),
      DATA_DIR: join(options.dataDir, 'doer'),
      TARGETS_FILE: given.targetsFile,
      LIMITS_FILE: given.limitsFile,
      LEDGER_URL: `http://127.0.0.1:${options.httpPort}/ledger/${tenant}`,
    },
  };
}

function loginUrl(cluster: Cluster, login: keyof Secrets['logins'], secrets: Secrets): string {
  const url = new URL(cluster.url);
  url.username = login;
  url.password = secrets.logins[login];
  return url.href;
}

const READY_SECONDS = 60;

async function untilReady(
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
