import { createHash } from 'node:crypto';
import { App, type Receiver, type RespondFn } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Capability, SlackAnswer, SlackCall, VerbContext } from '../../../capabilities/index.js';
import type { FaultHook } from '../../../core/faults.js';
import { RequestId } from '../../../core/tenant.js';
import { adoptCopy } from '../../../store/index.js';
import type { Log } from '../../log.js';
import { type Reply, show } from './answer.js';
import { callerOf } from './caller.js';
import { deliver } from './deliver.js';
import { valuesByBlock } from './view-values.js';

export interface SlackEdge {
  context: VerbContext;
  capabilities: readonly Capability[];
  botToken: string;
  slackApiUrl: string | undefined;
  receiver: Receiver;
  hook: FaultHook;
  log: Log;
}

/** Slack allows 3 s. What takes longer is acknowledged and answered when it is done. */
const ACK_MILLISECONDS = 2_000;
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
  for (const capability of edge.capabilities) register(app, edge, capability);
  app.error(async (error) => edge.log.error({ err: error }, 'slack delivery failed'));
  return app;
}

function register(app: App, edge: SlackEdge, { slack }: Capability): void {
  for (const command of slack.commands)
    app.command(command.name, async ({ command: body, ack, client, respond }) => {
      const run = (call: SlackCall) => command.run(edge.context, { ...call, text: body.text });
      const from = { team: body.team_id, user: body.user_id };
      await handle(edge, {
        from,
        input: `command-${body.trigger_id}`,
        run,
        ack: () => ack(),
        client,
        respond,
        triggerId: body.trigger_id,
      });
    });
  for (const action of slack.actions)
    app.action(action.actionId, async ({ body: unparsed, ack, client, respond }) => {
      const body = ActionBody.parse(unparsed);
      const value = body.actions[0]?.value ?? '';
      const run = async (call: SlackCall) => {
        await adopt(edge, value, body);
        return action.run(edge.context, { ...call, value });
      };
      const from = { team: body.team?.id, user: body.user.id };
      await handle(edge, {
        from,
        input: `action-${body.trigger_id}`,
        run,
        ack: () => ack(),
        client,
        respond,
        triggerId: body.trigger_id,
      });
    });
  for (const submission of slack.submissions)
    app.view(submission.callbackId, async ({ body, view, ack, client }) => {
      const triggerId = Triggered.parse(body).trigger_id ?? '';
      const values = valuesByBlock(view.state);
      const run = (call: SlackCall) =>
        submission.run(edge.context, { ...call, metadata: view.private_metadata, values });
      const from = { team: body.team?.id, user: body.user.id };
      const input = `submission-${digest([view.id, view.hash, triggerId, JSON.stringify(values)])}`;
      await handle(edge, {
        from,
        input,
        run,
        ack: (answer) =>
          answer?.show === 'errors'
            ? ack({ response_action: 'errors', errors: { ...answer.errors } })
            : ack(),
        client,
        triggerId,
      });
    });
}

interface Delivery {
  from: { team: string | undefined; user: string };
  input: string;
  run: (call: SlackCall) => Promise<SlackAnswer>;
  ack: (answer?: SlackAnswer) => Promise<void>;
  client: WebClient;
  respond?: RespondFn;
  triggerId: string;
}

/** Runs before it acknowledges: a process that dies in between is given the same delivery again. */
async function handle(edge: SlackEdge, delivery: Delivery): Promise<void> {
  const { context, log } = edge;
  const caller = callerOf(context.policy.organisation, context.tenant, delivery.from);
  await edge.hook('app.clicked');
  const answering = deliver(context, log, { caller, input: delivery.input, run: delivery.run });
  const inTime = await Promise.race([answering, afterAckTime()]);
  await edge.hook('app.committed');
  await delivery.ack(inTime ?? undefined);
  const answer = await answering;
  if (inTime?.show === 'errors' && delivery.respond === undefined) return;
  const reply: Reply = {
    client: delivery.client,
    triggerId: delivery.triggerId,
    slackUserId: caller.slackUserId,
    log,
  };
  await show(answer, delivery.respond === undefined ? reply : { ...reply, respond: delivery.respond });
}

const afterAckTime = () =>
  new Promise<null>((resolve) => {
    setTimeout(() => resolve(null), ACK_MILLISECONDS).unref();
  });

const digest = (parts: readonly (string | undefined)[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 40);

const Triggered = z.object({ trigger_id: z.string().optional() });

const ActionBody = z.object({
  team: z.object({ id: z.string() }).nullish(),
  user: z.object({ id: z.string() }),
  trigger_id: z.string(),
  container: z
    .object({
      channel_id: z.string().optional(),
      message_ts: z.string().optional(),
      is_ephemeral: z.boolean().optional(),
    })
    .optional(),
  actions: z.array(z.object({ value: z.string().optional() })),
});

async function adopt(
  edge: SlackEdge,
  value: string,
  { container }: z.infer<typeof ActionBody>,
): Promise<void> {
  const id = RequestId.safeParse(value.split(':')[0]);
  if (!id.success || !container?.channel_id || !container.message_ts || container.is_ephemeral) return;
  const { store, tenant, clock } = edge.context;
  await adoptCopy(store, {
    tenant,
    requestId: id.data,
    channel: container.channel_id,
    ts: container.message_ts,
    at: clock.now(),
  });
}
