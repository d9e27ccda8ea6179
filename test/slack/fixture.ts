import { App, LogLevel } from '@slack/bolt';
import type { InputBlockElement, ModalView } from '@slack/types';
import {
  actions,
  button,
  externalSelect,
  input,
  modal,
  numberInput,
  option,
  plainTextInput,
  staticSelect,
} from '../../src/blocks/index.js';
import {
  connectSlackClient,
  type SlackClient,
  SlackConfig,
  type StrictProxy,
  type StrictProxyOptions,
  startLocalSlack,
  startStrictProxy,
} from '../harness/slack/index.js';

export const ALICE = 'U01ALICE';
export const BOB = 'U02BOB';
export const GENERAL = 'C01GENERAL';
export const ELSEWHERE = 'C02ELSEWHERE';

export const exampleConfig = (app: Partial<SlackConfig['app']> = {}): SlackConfig =>
  SlackConfig.parse({
    workspace: { name: 'Example', domain: 'example', teamId: 'T01EXAMPLE' },
    app: {
      appId: 'A01APP',
      botUserId: 'U0BOT',
      botName: 'countersign',
      botToken: 'xoxb-example',
      appToken: 'xapp-example',
      signingSecret: 'example-signing-secret',
      shortcuts: [{ callback_id: 'here', name: 'Ask for Access' }],
      ...app,
    },
    users: [
      { id: ALICE, name: 'alice', real_name: 'Alice Anderson', email: 'alice@example.com' },
      { id: BOB, name: 'bob', real_name: 'Bob Brown', email: 'bob@example.com' },
    ],
    channels: [
      { id: GENERAL, name: 'access-requests', members: [ALICE, BOB, 'U0BOT'] },
      { id: ELSEWHERE, name: 'elsewhere', members: [ALICE] },
    ],
  });

export type Workspace = {
  config: SlackConfig;
  proxy: StrictProxy;
  slack: SlackClient;
  stop(): Promise<void>;
};

/** A local Slack of its own with the strict proxy before it, and a client that acts as its people. */
export async function startWorkspace(
  options: Partial<Omit<StrictProxyOptions, 'target'>> = {},
): Promise<Workspace> {
  const config = options.config ?? exampleConfig();
  const dataDir = options.dataDir === undefined ? {} : { dataDir: options.dataDir };
  const local = await startLocalSlack({ config, ...dataDir });
  const proxy = await startStrictProxy({ pace: undefined, ...options, config, target: local.url });
  const slack = await connectSlackClient(proxy.url);
  return {
    config,
    proxy,
    slack,
    async stop() {
      slack.close();
      await proxy.close();
      await local.stop();
    },
  };
}

/** A bare Bolt app in Socket Mode. */
export function socketApp({ config, proxy }: Workspace): App {
  return new App({
    token: config.app.botToken,
    appToken: config.app.appToken,
    socketMode: true,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: proxy.apiUrl, retryConfig: { retries: 0 } },
  });
}

const options = [option('One', 'one'), option('Two', 'two')];

/** A modal with a prefilled field of each kind that we use, an empty optional one, and a button. */
export const prefilledModal = (callbackId: string): ModalView =>
  modal({
    callbackId,
    title: 'Request Access',
    submit: 'Send',
    close: 'Cancel',
    privateMetadata: 'm',
    blocks: [
      field(
        'reason',
        plainTextInput({ actionId: 'a', multiline: true, initial: 'an outage', maxLength: 200 }),
      ),
      field('minutes', numberInput({ actionId: 'a', initial: 60, min: 1, max: 480 })),
      field('system', staticSelect({ actionId: 'a', options, initialValue: 'two' })),
      field('scope', externalSelect({ actionId: 'a', initial: option('One', 'one') })),
      input({ blockId: 'note', label: 'note', element: plainTextInput({ actionId: 'a' }), optional: true }),
      actions('more', [button({ text: 'More', actionId: 'more', value: 'v' })]),
    ],
  });

const field = (blockId: string, element: InputBlockElement) =>
  input({ blockId, label: `The ${blockId}`, hint: `A hint on the ${blockId}.`, element });
