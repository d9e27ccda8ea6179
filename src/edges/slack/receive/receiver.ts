import { type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { Hono } from 'hono';
import type { VerbContext } from '../../../capabilities/index.js';
import { seeInput } from '../../../store/index.js';
import type { Log } from '../../log.js';
import { createHttpReceiver } from './http-receiver.js';

/** How Slack reaches us, as the app's configuration says. */
interface Transport {
  SLACK_MODE: 'socket' | 'http';
  SLACK_APP_TOKEN?: string | undefined;
  SLACK_SIGNING_SECRET?: string | undefined;
  SLACK_API_URL?: string | undefined;
}

/** Socket Mode needs no public address; HTTP mode brings routes of its own to mount. */
export function receiverFor(
  config: Transport,
  context: VerbContext,
  log: Log,
): { receiver: Receiver; mount: (root: Hono) => unknown } {
  if (config.SLACK_MODE === 'socket') return { receiver: socketReceiver(config, log), mount: () => {} };
  const { store, tenant, clock } = context;
  const receiver = createHttpReceiver({
    signingSecret: config.SLACK_SIGNING_SECRET ?? '',
    firstSeen: (signature) => seeInput(store, tenant, signature, clock.now()),
    now: () => new Date(),
    log,
  });
  return { receiver, mount: (root) => root.route('/', receiver.routes) };
}

/** A client ping every second finds a dead connection in one instead of five. */
function socketReceiver(config: Transport, log: Log): Receiver {
  return new SocketModeReceiver({
    appToken: config.SLACK_APP_TOKEN ?? '',
    clientPingTimeout: 1_000,
    installerOptions: {
      clientOptions: config.SLACK_API_URL === undefined ? {} : { slackApiUrl: config.SLACK_API_URL },
    },
    processEventErrorHandler: async ({ error }) => {
      log.error({ err: error }, 'a socket delivery failed');
      return false;
    },
  });
}
