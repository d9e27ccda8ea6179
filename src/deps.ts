import { setTimeout as delay } from 'node:timers/promises';
import { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { others, type VerbContext } from './capabilities/index.js';
import type { Sources } from './capabilities/sources.js';
import { clockFromFile } from './clock-file.js';
import type { AppConfig, WorkerConfig } from './config.js';
import { openGithubCode } from './connectors/github-code/read.js';
import { probeIdentityProvider } from './connectors/identity-provider/read.js';
import { openJira } from './connectors/jira/read.js';
import { connectorKinds } from './connectors/kinds.js';
import { openIncidents, openPagerDuty } from './connectors/pagerduty/read.js';
import { type Clock, systemClock } from './core/clock.js';
import { slackDirectory } from './edges/slack/directory.js';
import { openKeys } from './keys/index.js';
import { createPseudonyms, fileSubjectKeys } from './ledger/index.js';
import { keyFileNames, PacketSigner, ReceiptKeyring, signPacket, verifyReceipt } from './packet/index.js';
import { compareWithApplied, type Policy } from './policy/index.js';
import { openStore, readReceipt, readRulesInForce, type Store } from './store/index.js';

/** The composition root of both gatekeepers. Everything a verb may reach is built here and handed on; nothing is global. */

export interface Gatekeeper {
  context: VerbContext;
  client: WebClient;
  receiptKeyring: ReceiptKeyring;
  /** What to alarm with when this process's own files are not what is in force (rule 17); else null. */
  filesDiffer: string | null;
  close(): Promise<void>;
}

/** A Slack that accepts and never answers holds up what asks it no longer than this (rule 2). */
const SLACK_MILLISECONDS = 5_000;

const clockOf = (config: { CLOCK_FILE?: string | undefined }): Clock =>
  config.CLOCK_FILE === undefined ? systemClock : clockFromFile(config.CLOCK_FILE);

export async function buildGatekeeper(config: AppConfig | WorkerConfig, log: Logger): Promise<Gatekeeper> {
  const keys = await openKeys(config, log);
  const signer = keys.read(keyFileNames.packetSigner, PacketSigner);
  const receiptKeyring = keys.read(keyFileNames.receiptKeyring, ReceiptKeyring);
  const store = openStore({
    databaseUrl: config.DATABASE_URL,
    pseudonyms: createPseudonyms,
    subjectKeys: fileSubjectKeys(config.SUBJECT_KEYS_DIR),
    onConnectionLost: (error) => log.warn({ err: error }, 'a database connection was lost'),
  });
  const client = new WebClient(config.SLACK_BOT_TOKEN, {
    ...(config.SLACK_API_URL === undefined ? {} : { slackApiUrl: config.SLACK_API_URL }),
    retryConfig: { retries: 1 },
    timeout: SLACK_MILLISECONDS,
    rejectRateLimitedCalls: true,
  });
  const policy = await rulesInForce(store, config, log);
  const compared = compareWithApplied(config.POLICIES_DIR, connectorKinds, policy.digest);
  if (!compared.same) log.error({ code: 'policy.files_differ' }, compared.problem);
  const sources = openSources(config, log);
  const context: VerbContext = {
    tenant: config.TENANT,
    clock: clockOf(config),
    store,
    policy,
    directory: slackDirectory(client, () => policy.organisation),
    sources,
    others,
    sign: (payload) => signPacket(payload, signer),
    awaitReceipt: async (packetId, seconds) => {
      const deadline = performance.now() + seconds * 1_000;
      while (performance.now() < deadline) {
        const bytes = await readReceipt(store, config.TENANT, packetId);
        if (bytes !== null) {
          const verified = verifyReceipt(bytes, receiptKeyring);
          return verified.ok ? verified.value : null;
        }
        await delay(40);
      }
      return null;
    },
  };
  return {
    context,
    client,
    receiptKeyring,
    filesDiffer: compared.same ? null : compared.problem,
    close: () => {
      sources.stop();
      return store.close();
    },
  };
}

/** What is configured; a source that is not is absent, and what it would say is unknown. */
function openSources(config: AppConfig | WorkerConfig, log: Logger): Sources & { stop(): void } {
  const { PAGERDUTY_TOKEN, GITHUB_TOKEN, IDP_PROBE_URL, JIRA_URL, JIRA_TOKEN } = config;
  const pagerDuty = PAGERDUTY_TOKEN !== undefined && {
    url: config.PAGERDUTY_URL,
    token: PAGERDUTY_TOKEN,
    clock: clockOf(config),
    onFault: (error: unknown) => log.warn({ err: error }, 'PagerDuty did not answer'),
  };
  const probe =
    IDP_PROBE_URL === undefined
      ? null
      : probeIdentityProvider({
          url: IDP_PROBE_URL,
          clock: clockOf(config),
          everyMilliseconds: config.IDP_PROBE_SECONDS * 1_000,
          failures: IDP_FAILURES,
          onChange: (isDown) => log.warn({ isDown }, 'the identity provider'),
        });
  return {
    ...(pagerDuty && { onCall: openPagerDuty(pagerDuty).onCall, incidents: openIncidents(pagerDuty) }),
    ...(probe !== null && { identityProviderDownSince: probe.downSince }),
    ...(GITHUB_TOKEN !== undefined && {
      code: openGithubCode({
        url: config.GITHUB_URL,
        token: GITHUB_TOKEN,
        onFault: (error) => log.warn({ err: error }, 'GitHub did not say who wrote a change'),
      }),
    }),
    ...(JIRA_URL !== undefined &&
      JIRA_TOKEN !== undefined && {
        tickets: openJira({
          url: JIRA_URL,
          user: config.JIRA_USER,
          token: JIRA_TOKEN,
          onFault: (error) => log.warn({ err: error }, 'Jira did not say whether a ticket is open'),
        }),
      }),
    stop: () => probe?.stop(),
  };
}

/** Looks in a row that must fail before it is an outage. */
const IDP_FAILURES = 3;

/** Waits for the database and for the genesis. */
async function rulesInForce(store: Store, config: AppConfig | WorkerConfig, log: Logger): Promise<Policy> {
  const onFault = (fault: unknown) =>
    log.error({ err: fault }, 'the policy cannot decide: every beginning is denied');
  for (let tries = 0; ; tries += 1) {
    const policy = await readRulesInForce(store, config.TENANT, onFault).catch((error: unknown) => {
      log.warn({ err: error }, 'the database does not answer yet');
      return null;
    });
    if (policy !== null) return policy;
    if (tries % 20 === 0) log.warn('no rules are in force yet: apply the organisation (npm run apply)');
    await delay(500);
  }
}
