import { join } from 'node:path';
import type { PolicyFiles } from '../../src/policy/index.js';
import type { TestGithub } from '../../test/harness/github.js';
import type { JiraStandIn } from '../../test/harness/jira.js';
import { type Pager, startPager } from '../../test/harness/pager.js';
import type { PagerDutyStandIn } from '../../test/harness/pagerduty.js';
import { type Cluster, startCluster } from '../lib/embedded-postgres.js';
import { migrate } from '../lib/migrate.js';
import { startCode } from './code.js';
import type { HouseOptions } from './house.js';
import { startBurningPagerDuty } from './pagerduty.js';
import type { Secrets } from './secrets.js';
import { keepTarget } from './target.js';
import { startTickets } from './tickets.js';
import { startVendors, type Vendors } from './vendors.js';
import { startWorkspace, type Workspace, workspaceConfig } from './workspace.js';

/** What our processes find: two databases, and what belongs to others. */
export interface Surroundings {
  ours: Cluster;
  target: Cluster;
  vendors: Vendors | null;
  workspace: Workspace;
  pagerDuty: PagerDutyStandIn;
  /** Where alerts go besides Slack. */
  pager: Pager;
  /** Where what is deployed is read. */
  code: TestGithub;
  /** Where tickets are looked up. */
  tickets: JiraStandIn;
  targetsFile: string;
  limitsFile: string;
}

/** Where the two clusters of a data directory lie. */
export const clustersIn = (dataDir: string) => ({
  ours: join(dataDir, 'ours'),
  target: join(dataDir, 'target-cluster'),
});

/** Each is handed to `onStop` as soon as it runs, so that a start that fails half-way leaves nothing behind. */
export async function startSurroundings(
  options: HouseOptions,
  given: {
    files: PolicyFiles;
    secrets: Secrets;
    httpUrl: string;
    say: (line: string) => void;
    onStop: (stop: () => Promise<void>) => void;
  },
): Promise<Surroundings> {
  const { dataDir } = options;
  const { secrets, say, onStop } = given;
  const { organisation } = given.files;
  const clusters = clustersIn(dataDir);
  say('Starting PostgreSQL twice: ours, and the target that access is granted on.');
  const ours = await startCluster({ dataDir: clusters.ours, password: secrets.ours });
  onStop(() => ours.stop());
  const target = await startCluster({
    dataDir: clusters.target,
    password: secrets.target,
    settings: { reserved_connections: '10' },
  });
  onStop(() => target.stop());
  say('Creating database roles, migrating, preparing the target.');
  await migrate({ adminUrl: ours.url, passwords: secrets.logins });
  const vendors = options.vendors ? await startVendors(organisation) : null;
  if (vendors) onStop(() => vendors.stop());
  const { targetsFile, limitsFile } = await keepTarget({
    vendors,
    dataDir,
    adminUrl: target.url,
    systems: organisation.systems,
    say: () => {},
  });
  say('Starting the local Slack.');
  const events = options.slackMode === 'http' ? `${given.httpUrl}/slack/events` : undefined;
  const workspace = await startWorkspace({
    config: workspaceConfig(organisation, secrets, events),
    port: options.slackPort,
    dataDir: join(dataDir, 'slack'),
    runningAt: options.localSlack ?? null,
    patience: options.slackPatience ?? {},
  });
  onStop(() => workspace.stop());
  const pagerDuty = await startBurningPagerDuty(organisation);
  onStop(() => pagerDuty.close());
  const pager = await startPager();
  onStop(() => pager.close());
  const code = await startCode(organisation);
  onStop(() => code.stop());
  const tickets = await startTickets();
  onStop(() => tickets.close());
  return { ours, target, vendors, workspace, pagerDuty, pager, code, tickets, targetsFile, limitsFile };
}
