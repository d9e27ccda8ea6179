import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import type { z } from 'zod';
import type { SlackAnswer, SlackHandlers } from '../../../capabilities/index.js';
import { fillLater, notice } from './answer.js';
import { SubmissionBody } from './bodies.js';
import { callerOf } from './caller.js';
import { deliver } from './deliver.js';
import type { SlackEdge } from './edge.js';
import { inTime } from './in-time.js';
import { valuesByBlock } from './view-values.js';
import { fillWaiting, WAITING } from './waiting.js';

type Body = z.infer<typeof SubmissionBody>;
type Submission = SlackHandlers['submissions'][number];
type ModalView = Extract<SlackAnswer, { show: 'modal' }>['view'];

/** What Slack does with the submitted modal; nothing closes it. */
type Ack =
  | { response_action: 'errors'; errors: Record<string, string> }
  | { response_action: 'update'; view: ModalView };

/** A submitted form. What it answers stands in the same modal, so that nobody has to look for it elsewhere. */
export async function answerSubmission(
  edge: SlackEdge,
  submission: Submission,
  delivery: { body: unknown; ack: (answer?: Ack) => Promise<void>; client: WebClient },
): Promise<void> {
  const { context, log } = edge;
  const receivedAt = context.clock.now();
  const body = SubmissionBody.parse(delivery.body);
  const from = { team: body.team?.id, user: body.user.id };
  const caller = callerOf(context.policy.organisation, context.tenant, from);
  const values = valuesByBlock(body.view.state);
  const metadata = body.view.private_metadata;
  const { taken } = submission;
  await edge.hook('app.clicked');
  const answering = deliver(context, log, {
    caller,
    ...keysOf(body, values),
    run: (call) => submission.run(context, { ...call, metadata, values, receivedAt }),
    taken: taken && ((call, number) => taken(context, call, number)),
    failed: (text) => underFirstInput(body, text),
  });
  const answer = await inTime(answering);
  await edge.hook('app.committed');
  await delivery.ack(answer === null ? { response_action: 'update', view: WAITING } : ackOf(answer));
  const { client } = delivery;
  if (answer?.show === 'modal_later') return fillLater({ client, log }, body.view.id, answer);
  if (answer === null) return fillWaiting({ client, log }, body.view.id, await answering);
}

/**
 * One opened form with the same contents is one input, however often Submit is pressed: a lost acknowledgement opens no
 * second request. After a refusal each press counts anew.
 */
function keysOf({ view, trigger_id: trigger }: Body, values: Record<string, string | null>) {
  const form = [view.id, view.callback_id, view.private_metadata, JSON.stringify(values)];
  return { input: `submission-${digest(form)}`, again: `submission-${digest([...form, trigger])}` };
}

const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);

/** A failure keeps what was typed. */
function underFirstInput({ view }: Body, text: string): SlackAnswer {
  const first = view.blocks.find((block) => block.type === 'input')?.block_id;
  return first === undefined ? { show: 'private', text } : { show: 'errors', errors: { [first]: text } };
}

function ackOf(answer: SlackAnswer): Ack | undefined {
  switch (answer.show) {
    case 'nothing':
      return undefined;
    case 'errors':
      return { response_action: 'errors', errors: { ...answer.errors } };
    case 'private':
      return { response_action: 'update', view: notice(answer.text) };
    case 'modal':
    case 'update':
      return { response_action: 'update', view: answer.view };
    case 'modal_later':
      return { response_action: 'update', view: answer.loading };
  }
}
