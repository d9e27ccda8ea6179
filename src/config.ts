import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { TenantId } from './core/tenant.js';

/** The only reader of process.env. Every process has its own shape; every mistake is named at once. */

const port = z.coerce.number().int().min(0).max(65_535);
const logLevel = z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info');

/** Where a process's keys are: in a directory, or in Vault (docs/key-rotation.md). */
const keyPlace = {
  KEYS_DIR: z.string().min(1).optional(),
  KEYS_VAULT_URL: z.url({ protocol: /^https?$/ }).optional(),
  KEYS_VAULT_NAMESPACE: z.string().min(1).optional(),
  KEYS_VAULT_MOUNT: z.string().min(1).default('secret'),
  KEYS_VAULT_PATH: z.string().min(1).optional(),
  KEYS_VAULT_ROLE_ID: z.string().min(1).optional(),
  /** One of the two. Wrapped: a response-wrapping token, which opens once. */
  KEYS_VAULT_SECRET_ID: z.string().min(1).optional(),
  KEYS_VAULT_WRAPPED_SECRET_ID: z.string().min(1).optional(),
};

const common = {
  TENANT: TenantId,
  ...keyPlace,
  LOG_LEVEL: logLevel,
  /** A file holding an offset in milliseconds, read each second. For demonstrations and tests. */
  CLOCK_FILE: z.string().min(1).optional(),
  /** A named spot at which this process kills itself; see core/faults.ts. For tests. */
  FAULT_SPOT: z.string().min(1).optional(),
  /** A file holding such a spot, read whenever one is reached: a running process can be told where to die, once. */
  FAULT_FILE: z.string().min(1).optional(),
};

const gatekeeper = {
  ...common,
  DATABASE_URL: z.string().min(1),
  POLICIES_DIR: z.string().min(1).default('policies'),
  SUBJECT_KEYS_DIR: z.string().min(1),
  SLACK_BOT_TOKEN: z.string().min(1),
  SLACK_API_URL: z.url().optional(),
  SLACK_REQUESTS_CHANNEL: z.string().min(1),
  SLACK_CODEX_HPS_CHANNEL: z.string().min(1),
  /** Where checkpoints of the ledger go outside the database: see docs/ledger.md. */
  ANCHORS_FILE: z.string().min(1).optional(),
  /** Who is on call, to order approvers by: a PagerDuty REST API v2 and a read-only token for it. */
  PAGERDUTY_URL: z.url().default('https://api.pagerduty.com'),
  PAGERDUTY_TOKEN: z.string().min(1).optional(),
  /** Any address of the identity provider; three looks in a row without an answer are an outage. */
  IDP_PROBE_URL: z.url().optional(),
  IDP_PROBE_SECONDS: z.coerce.number().min(0.05).max(300).default(20),
  /** GitHub's REST API and a token that may only read: who wrote what would be deployed. */
  GITHUB_URL: z.url().default('https://api.github.com'),
  GITHUB_TOKEN: z.string().min(1).optional(),
  /** Where tickets are looked up: Jira's REST API v3, the account and its token that may only read. */
  JIRA_URL: z.url().optional(),
  JIRA_USER: z.string().min(1).optional(),
  JIRA_TOKEN: z.string().min(1).optional(),
};

const appShape = shapeOf({
  ...gatekeeper,
  HTTP_HOST: z.string().default('127.0.0.1'),
  HTTP_PORT: port.default(3000),
  SLACK_MODE: z.enum(['socket', 'http']).default('socket'),
  SLACK_APP_TOKEN: z.string().min(1).optional(),
  SLACK_SIGNING_SECRET: z.string().min(1).optional(),
});

const workerShape = shapeOf({
  ...gatekeeper,
  REDIS_URL: z.string().min(1).optional(),
  /** Where an alert goes besides Slack: an HTTPS endpoint that takes JSON. */
  ALERT_WEBHOOK_URL: z.url().optional(),
  /** Signs what goes there: HMAC-SHA256 over the body, in `x-countersign-signature`. */
  ALERT_WEBHOOK_SECRET: z.string().min(16).optional(),
  /** PagerDuty's integration key: its Events API v2 takes no event without one. */
  ALERT_WEBHOOK_ROUTING_KEY: z.string().min(1).optional(),
}).refine((worker) => worker.ALERT_WEBHOOK_URL === undefined || worker.ALERT_WEBHOOK_SECRET !== undefined, {
  path: ['ALERT_WEBHOOK_SECRET'],
  message: 'needed with ALERT_WEBHOOK_URL: an alert that anybody could send is none',
});

const sequencerShape = shapeOf({
  ...common,
  DATABASE_URL: z.string().min(1),
  /** Its own small disk: the newest checkpoint it signed, which a restored database cannot take back. */
  DATA_DIR: z.string().min(1),
  /** Asked at start whether this database is behind what was anchored. */
  ANCHORS_FILE: z.string().min(1).optional(),
  POLL_MILLISECONDS: z.coerce.number().int().min(1).max(10_000).default(5),
});

const doerShape = shapeOf({
  ...common,
  DATABASE_URL: z.string().min(1),
  REDIS_URL: z.string().min(1).optional(),
  DATA_DIR: z.string().min(1),
  LIMITS_FILE: z.string().min(1),
  /** Where the log's consistency proofs are read: `http(s)://<app>/ledger/<tenant>`. */
  LEDGER_URL: z.url(),
  TARGETS_FILE: z.string().min(1),
});

const migrateShape = z.object({
  MIGRATE_DATABASE_URL: z.string().min(1),
  APP_PASSWORD: z.string().min(1),
  WORKER_PASSWORD: z.string().min(1),
  SEQUENCER_PASSWORD: z.string().min(1),
  DOER_PASSWORD: z.string().min(1),
});

const pruneShape = z.object({ TENANT: TenantId, MIGRATE_DATABASE_URL: z.string().min(1) });

const applyShape = z.object({
  TENANT: TenantId,
  DATABASE_URL: gatekeeper.DATABASE_URL,
  POLICIES_DIR: gatekeeper.POLICIES_DIR,
  SUBJECT_KEYS_DIR: gatekeeper.SUBJECT_KEYS_DIR,
});

export type AppConfig = z.infer<typeof appShape>;
export type WorkerConfig = z.infer<typeof workerShape>;
export type SequencerConfig = z.infer<typeof sequencerShape>;
export type DoerConfig = z.infer<typeof doerShape>;
export type MigrateConfig = z.infer<typeof migrateShape>;
export type PruneConfig = z.infer<typeof pruneShape>;
export type ApplyConfig = z.infer<typeof applyShape>;

export const appConfig = (): AppConfig => {
  const config = read(appShape);
  const needed = config.SLACK_MODE === 'socket' ? 'SLACK_APP_TOKEN' : 'SLACK_SIGNING_SECRET';
  if (config[needed] === undefined)
    throw new Error(`Configuration: ${needed} is needed when SLACK_MODE=${config.SLACK_MODE}.`);
  return config;
};
export const workerConfig = (): WorkerConfig => read(workerShape);
export const sequencerConfig = (): SequencerConfig => read(sequencerShape);
export const doerConfig = (): DoerConfig => read(doerShape);
export const migrateConfig = (): MigrateConfig => read(migrateShape);
export const pruneConfig = (): PruneConfig => read(pruneShape);
export const applyConfig = (): ApplyConfig => read(applyShape);

/** What opens something: in production it comes from a file, since a process's environment is read, inherited and logged. */
const SECRET = /(TOKEN|SECRET|SECRET_ID|PASSWORD|DATABASE_URL|REDIS_URL|WEBHOOK_URL)$/;
/** What moves our clock or kills us is for demonstrations and tests. */
const FOR_TESTS: ReadonlySet<string> = new Set(['CLOCK_FILE', 'FAULT_SPOT', 'FAULT_FILE']);

/** `NAME_FILE` may stand for any `NAME`, and must for a secret in production: a mounted secret. */
function read<S extends z.ZodObject>(shape: S): z.infer<S> {
  const isProduction = process.env['NODE_ENV'] === 'production';
  const values: Record<string, string> = {};
  const faults: string[] = [];
  for (const name of Object.keys(shape.shape)) {
    const file = process.env[`COUNTERSIGN_${name}_FILE`];
    const plain = process.env[`COUNTERSIGN_${name}`];
    if (isProduction && plain !== undefined && SECRET.test(name))
      faults.push(
        `  COUNTERSIGN_${name}: a secret; in production name a file that holds it, as COUNTERSIGN_${name}_FILE`,
      );
    if (isProduction && plain !== undefined && FOR_TESTS.has(name))
      faults.push(`  COUNTERSIGN_${name}: for demonstrations and tests only`);
    const value = file === undefined ? plain : readFileSync(file, 'utf8').trim();
    if (value !== undefined && value !== '') values[name] = value;
  }
  const parsed = shape.safeParse(values);
  if (!parsed.success)
    faults.push(
      ...parsed.error.issues.map((issue) => `  COUNTERSIGN_${issue.path.join('.')}: ${issue.message}`),
    );
  if (!parsed.success || faults.length > 0) throw new Error(`Configuration:\n${faults.join('\n')}`);
  Object.freeze(parsed.data);
  return parsed.data;
}

/** A process's shape, with one place for its keys. */
function shapeOf<S extends typeof keyPlace & z.ZodRawShape>(shape: S) {
  return z.object(shape).superRefine((values, context) => {
    for (const [name, message] of keyPlaceFaults(z.object(keyPlace).parse(values)))
      context.addIssue({ code: 'custom', path: [name], message });
  });
}

function keyPlaceFaults(values: z.infer<z.ZodObject<typeof keyPlace>>): [keyof typeof keyPlace, string][] {
  const { KEYS_DIR, KEYS_VAULT_URL: url } = values;
  if (KEYS_DIR === undefined && url === undefined)
    return [['KEYS_DIR', 'where are the keys of this process? Name a directory, or KEYS_VAULT_URL']];
  if (KEYS_DIR !== undefined && url !== undefined)
    return [['KEYS_DIR', 'keys come from one place: this, or KEYS_VAULT_URL']];
  if (url === undefined) return [];
  const faults: [keyof typeof keyPlace, string][] = [];
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && !['127.0.0.1', 'localhost', '[::1]'].includes(hostname))
    faults.push(['KEYS_VAULT_URL', 'must be https: keys travel over it']);
  for (const name of ['KEYS_VAULT_PATH', 'KEYS_VAULT_ROLE_ID'] as const)
    if (values[name] === undefined) faults.push([name, 'needed with KEYS_VAULT_URL']);
  const { KEYS_VAULT_SECRET_ID: plain, KEYS_VAULT_WRAPPED_SECRET_ID: wrapped } = values;
  if ((plain === undefined) === (wrapped === undefined))
    faults.push(['KEYS_VAULT_WRAPPED_SECRET_ID', 'name this or KEYS_VAULT_SECRET_ID, and only one']);
  return faults;
}
