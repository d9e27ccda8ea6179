import { join, resolve } from 'node:path';
import type { TenantId } from '../../src/core/tenant.js';
import type { Cluster } from '../lib/embedded-postgres.js';
import type { HouseOptions } from './house.js';
import type { ProcessName, Settings } from './processes.js';
import type { Secrets } from './secrets.js';
import type { Surroundings } from './surroundings.js';
import { CHANNELS } from './workspace.js';

export const EXAMPLE_POLICIES = resolve(import.meta.dirname, '..', '..', 'policies');

/** What each process is started with: its own login, keys and disk, and nothing of the others'. */
export function settingsOf(given: {
  tenant: TenantId;
  secrets: Secrets;
  around: Surroundings;
  anchorsFile: string;
  options: HouseOptions;
}): Record<ProcessName, Settings> {
  const { tenant, secrets, around, options } = given;
  const common = (name: ProcessName) => ({
    TENANT: tenant,
    KEYS_DIR: join(options.dataDir, 'keys', name),
    CLOCK_FILE: options.clockFile,
    DATABASE_URL: loginUrl(around.ours, `cs_${name}`, secrets),
  });
  const gatekeeper = {
    POLICIES_DIR: options.policiesDir ?? EXAMPLE_POLICIES,
    SUBJECT_KEYS_DIR: join(options.dataDir, 'subject-keys'),
    SLACK_BOT_TOKEN: secrets.slack.botToken,
    SLACK_API_URL: around.workspace.proxy.apiUrl,
    SLACK_REQUESTS_CHANNEL: CHANNELS.requests,
    SLACK_CODEX_HPS_CHANNEL: CHANNELS['codex-hps'],
    PAGERDUTY_URL: around.pagerDuty.url,
    PAGERDUTY_TOKEN: around.pagerDuty.token,
    GITHUB_URL: around.code.url,
    GITHUB_TOKEN: around.code.token,
    JIRA_URL: around.tickets.url,
    JIRA_TOKEN: around.tickets.token,
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
    worker: {
      ...common('worker'),
      ...gatekeeper,
      ALERT_WEBHOOK_URL: around.pager.url,
      ALERT_WEBHOOK_SECRET: around.pager.secret,
      ALERT_WEBHOOK_ROUTING_KEY: around.pager.routingKey,
    },
    sequencer: {
      ...common('sequencer'),
      DATA_DIR: join(options.dataDir, 'sequencer'),
      ANCHORS_FILE: given.anchorsFile,
    },
    doer: {
      ...common('doer'),
      DATA_DIR: join(options.dataDir, 'doer'),
      TARGETS_FILE: around.targetsFile,
      LIMITS_FILE: around.limitsFile,
      LEDGER_URL: `http://127.0.0.1:${options.httpPort}/ledger/${tenant}`,
    },
  };
}

export function loginUrl(cluster: Cluster, login: keyof Secrets['logins'], secrets: Secrets): string {
  const url = new URL(cluster.url);
  url.username = login;
  url.password = secrets.logins[login];
  return url.href;
}
