import type { RespondFn } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { SlackAnswer, SlackCall } from '../../../capabilities/index.js';
import { type Reply, show } from './answer.js';
import { callerOf } from './caller.js';
import { deliver } from './deliver.js';
import type { SlackEdge } from './edge.js';
import { inTime } from './in-time.js';
import { openWaiting, showLate } from './waiting.js';

/** A command, a click or a shortcut. */
export interface Press {
  from: { team: string | undefined; user: string };
  input: string;
  run: (call: SlackCall) => Promise<SlackAnswer>;
  /** Its answer is a form or another modal: whoever waits for it sees that they do. */
  opensModal: boolean;
  ack: () => Promise<void>;
  client: WebClient;
  triggerId: string;
  respond?: RespondFn;
  /** The thread in which they acted. */
  threadTs?: string | undefined;
  view?: Reply['view'];
}

/** Runs before it acknowledges: a process that dies in between is given the same delivery again. */
export async function answerPress(edge: SlackEdge, press: Press): Promise<void> {
  const { context, log } = edge;
  const caller = callerOf(context.policy.organisation, context.tenant, press.from);
  await edge.hook('app.clicked');
  const answering = deliver(context, log, { caller, input: press.input, run: press.run });
  const { client, triggerId, view } = press;
  const respond = respondIn(press);
  const reply: Reply = {
    client,
    triggerId,
    slackUserId: caller.slackUserId,
    log,
    ...(view === undefined ? {} : { view }),
    ...(respond === undefined ? {} : { respond }),
  };
  const waiting = press.opensModal ? openWaiting(answering, reply) : null;
  await inTime(answering);
  await edge.hook('app.committed');
  await press.ack();
  const viewId = await waiting;
  const answer = await answering;
  await (viewId === null ? show(answer, reply) : showLate(answer, reply, viewId));
}

/** Views have no response_url: there Bolt's `respond` would fail. */
function respondIn({ respond, view, threadTs }: Press): Reply['respond'] {
  if (respond === undefined || view !== undefined) return undefined;
  const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
  return ({ text, blocks, replace = false }) =>
    respond({
      response_type: 'ephemeral',
      replace_original: replace,
      text,
      ...thread,
      ...(blocks && { blocks: [...blocks] }),
    });
}
