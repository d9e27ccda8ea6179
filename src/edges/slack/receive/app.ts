import { App, type ViewSubmitAction } from '@slack/bolt';
import type { Capability, SlackCall } from '../../../capabilities/index.js';
import { adopt } from './adopt.js';
import { ActionBody, ShortcutBody } from './bodies.js';
import type { SlackEdge } from './edge.js';
import { onEvents } from './events.js';
import { answerPress } from './press.js';
import { answerSubmission } from './submission.js';
import { suggest } from './suggest.js';
import { enteredValue, valuesByBlock } from './view-values.js';

/** WebClient alone waits for ever. */
const SLACK_MILLISECONDS = 5_000;

/** Bolt, listening for whatever the registry lists. Transport only: who, what, once; the verbs decide. */
export function createSlackApp(edge: SlackEdge): App {
  const app = new App({
    receiver: edge.receiver,
    // No call to Slack at start: the app must come up, and end accesses, while Slack is away.
    authorize: async () => ({ botToken: edge.botToken }),
    ignoreSelf: false,
    clientOptions: {
      ...(edge.slackApiUrl === undefined ? {} : { slackApiUrl: edge.slackApiUrl }),
      retryConfig: { retries: 1 },
      timeout: SLACK_MILLISECONDS,
    },
  });
  for (const { slack } of edge.capabilities) {
    for (const command of slack.commands) onCommand(app, edge, command);
    for (const action of slack.actions) onAction(app, edge, action);
    for (const submission of slack.submissions)
      app.view<ViewSubmitAction>(submission.callbackId, ({ body, ack, client }) =>
        answerSubmission(edge, submission, { body, ack, client }),
      );
    for (const search of slack.options ?? [])
      app.options(search.actionId, async ({ body, ack }) => ack(await suggest(edge, search, body)));
    for (const shortcut of slack.shortcuts ?? []) onShortcut(app, edge, shortcut);
  }
  onEvents(app, edge);
  app.error(async (error) => edge.log.error({ err: error }, 'slack delivery failed'));
  return app;
}

type Handlers = Capability['slack'];

function onCommand(app: App, edge: SlackEdge, command: Handlers['commands'][number]): void {
  app.command(command.name, ({ command: body, ack, client, respond }) =>
    answerPress(edge, {
      from: { team: body.team_id, user: body.user_id },
      input: `command-${body.trigger_id}`,
      run: (call) => command.run(edge.context, { ...call, text: body.text }),
      opensModal: command.opensModal?.(body.text) ?? false,
      ack: () => ack(),
      client,
      respond,
      triggerId: body.trigger_id,
    }),
  );
}

function onAction(app: App, edge: SlackEdge, action: Handlers['actions'][number]): void {
  app.action(action.actionId, async ({ body: unparsed, ack, client, respond }) => {
    const body = ActionBody.parse(unparsed);
    const { view, container } = body;
    const value = body.actions[0] === undefined ? '' : (enteredValue(body.actions[0]) ?? '');
    const modal =
      view?.type === 'modal'
        ? { view: { metadata: view.private_metadata, values: valuesByBlock(view.state) } }
        : {};
    const run = async (call: SlackCall) => {
      await adopt(edge, body, value);
      return action.run(edge.context, { ...call, value, ...modal });
    };
    await answerPress(edge, {
      from: { team: body.team?.id, user: body.user.id },
      input: `action-${body.trigger_id}`,
      run,
      opensModal: action.opensModal ?? false,
      ack: () => ack(),
      client,
      respond,
      triggerId: body.trigger_id,
      threadTs: container?.thread_ts,
      ...(view ? { view } : {}),
    });
  });
}

function onShortcut(app: App, edge: SlackEdge, shortcut: NonNullable<Handlers['shortcuts']>[number]): void {
  const on = { type: 'message_action' as const, callback_id: shortcut.callbackId };
  app.shortcut(on, async ({ body: unparsed, ack, client, respond }) => {
    const body = ShortcutBody.parse(unparsed);
    const { text, ts, thread_ts: threadTs } = body.message;
    const thread = { channel: body.channel.id, ts: threadTs ?? ts };
    await answerPress(edge, {
      from: { team: body.team?.id, user: body.user.id },
      input: `shortcut-${body.trigger_id}`,
      run: (call) => shortcut.run(edge.context, { ...call, text, thread }),
      opensModal: true,
      ack: () => ack(),
      client,
      respond,
      triggerId: body.trigger_id,
      threadTs,
    });
  });
}
