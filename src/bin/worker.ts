import { capabilities } from '../capabilities/index.js';
import { workerConfig } from '../config.js';
import { buildGatekeeper } from '../deps.js';
import { createAlerter } from '../edges/queue/alert.js';
import { anchorLedger, openAnchors } from '../edges/queue/anchors.js';
import { startReceipts } from '../edges/queue/receipts.js';
import { startRelay } from '../edges/queue/relay.js';
import { startTimers } from '../edges/queue/run.js';
import { accountOf, namesOf } from '../edges/slack/names.js';
import { createProjector } from '../edges/slack/project/projector.js';
import { faultsAt, processLog, stopOnSignal } from '../process.js';
import { openQueue } from '../queue/index.js';

const config = workerConfig();
const log = processLog('worker', config.LOG_LEVEL);
const { context, client, receiptKeyring, close } = await buildGatekeeper(config, log);
const hook = faultsAt(config);
const { organisation } = context.policy;
const place =
  config.REDIS_URL === undefined ? { databaseUrl: config.DATABASE_URL } : { redisUrl: config.REDIS_URL };
const queues = { place, clock: context.clock, onError: (error: Error) => log.warn({ err: error }, 'queue') };
const gate = openQueue({ ...queues, schema: 'bull' });
const doer = openQueue({ ...queues, schema: 'bull_doer' });
const project = createProjector({
  ...context,
  client,
  capabilities,
  names: () => namesOf(organisation),
  requestsChannel: config.SLACK_REQUESTS_CHANNEL,
  accountOf: (principal) => accountOf(organisation, principal),
  hook,
});
const alert = createAlerter({
  client,
  channel: config.SLACK_REQUESTS_CHANNEL,
  webhookUrl: config.ALERT_WEBHOOK_URL,
  log,
});
const anchors = await openAnchors({ file: config.ANCHORS_FILE, context, client });
const anchoring = anchorLedger({ anchors, context, alert, log });
const relay = startRelay({ context, gate, doer, project, alert, hook, log });
const receipts = startReceipts({ context, capabilities, keyring: receiptKeyring, hook, log });
const timers = startTimers({ context, capabilities, gate, hook, log });
log.info('ready');
stopOnSignal(async () => {
  await Promise.all([timers.stop(), receipts.stop(), relay.stop(), anchoring.stop()]);
  await Promise.all([gate.close(), doer.close()]);
  await close();
});
