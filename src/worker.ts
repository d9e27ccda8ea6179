import type { Logger } from 'pino';
import { capabilities } from './capabilities/index.js';
import { namesOf } from './capabilities/names.js';
import type { WorkerConfig } from './config.js';
import type { FaultHook } from './core/faults.js';
import type { Gatekeeper } from './deps.js';
import { createAlerter } from './edges/queue/alert.js';
import { anchorLedger, openAnchors } from './edges/queue/anchors.js';
import { openPager, type Pager } from './edges/queue/pager.js';
import { startReceipts } from './edges/queue/receipts.js';
import { startRelay } from './edges/queue/relay.js';
import { startTimers } from './edges/queue/run.js';
import { tellCapability } from './edges/queue/told.js';
import { watchLedger } from './edges/queue/watch-ledger.js';
import { watchPeople } from './edges/queue/watch-people.js';
import { watchSlack } from './edges/queue/watch-slack.js';
import { accountOf } from './edges/slack/account-of.js';
import { createHomes } from './edges/slack/home/publish.js';
import { createProjector } from './edges/slack/project/projector.js';
import { openQueue } from './queue/index.js';

/** The worker's own parts over the gatekeeper's: relay, projector, timers, receipts, anchors. */
export async function startWorker(
  config: WorkerConfig,
  gatekeeper: Gatekeeper,
  hook: FaultHook,
  log: Logger,
): Promise<{ stop(): Promise<void> }> {
  const { context, client, receiptKeyring, filesDiffer } = gatekeeper;
  const { organisation } = context.policy;
  const place =
    config.REDIS_URL === undefined ? { databaseUrl: config.DATABASE_URL } : { redisUrl: config.REDIS_URL };
  const queues = {
    place,
    clock: context.clock,
    onError: (error: Error) => log.warn({ err: error }, 'queue'),
  };
  const gate = openQueue({ ...queues, schema: 'bull' });
  const doer = openQueue({ ...queues, schema: 'bull_doer' });
  const channels = { requests: config.SLACK_REQUESTS_CHANNEL, 'codex-hps': config.SLACK_CODEX_HPS_CHANNEL };
  const told = tellCapability(context, capabilities);
  const shown = {
    client,
    capabilities,
    names: () => namesOf(organisation),
    accountOf: (principal: string) => accountOf(organisation, principal),
  };
  const project = createProjector({
    ...context,
    ...shown,
    channels,
    told,
    hook,
  });
  const homes = createHomes({ ...shown, context, log });
  const pager = pagerOf(config);
  const alert = createAlerter({ client, channels, pager, log });
  const anchors = await openAnchors({ file: config.ANCHORS_FILE, context, client });
  const anchoring = anchorLedger({ anchors, context, alert, log });
  const receipts = startReceipts({ context, capabilities, keyring: receiptKeyring, hook, log });
  const relay = startRelay({
    context,
    capabilities,
    gate,
    doer,
    project,
    homes,
    alert,
    pager,
    told,
    released: receipts.wake,
    hook,
    log,
  });
  const timers = startTimers({ context, capabilities, gate, hook, log });
  const watches = [
    watchSlack({ context, client, log }),
    watchPeople({ context, log }),
    watchLedger({ context, alert, log }),
  ];
  if (filesDiffer !== null)
    alert({
      kind: 'alert',
      requestId: null,
      alert: 'policy.files_differ',
      text: filesDiffer.slice(0, 1_000),
    }).catch((error: unknown) =>
      log.error({ err: error }, 'the alarm about differing files was not delivered'),
    );
  return {
    stop: async () => {
      const loops = [...watches, timers, receipts, relay, anchoring];
      await Promise.all(loops.map((loop) => loop.stop()));
      await Promise.all([gate.close(), doer.close()]);
    },
  };
}

const pagerOf = (config: WorkerConfig): Pager | null =>
  config.ALERT_WEBHOOK_URL === undefined
    ? null
    : openPager({
        url: config.ALERT_WEBHOOK_URL,
        secret: config.ALERT_WEBHOOK_SECRET,
        routingKey: config.ALERT_WEBHOOK_ROUTING_KEY,
      });
