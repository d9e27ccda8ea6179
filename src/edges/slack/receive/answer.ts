import type { RespondFn } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { SlackAnswer } from '../../../capabilities/index.js';
import type { Log } from '../../log.js';

export interface Reply {
  client: WebClient;
  triggerId: string;
  slackUserId: string;
  /** Absent where the delivery has no response_url (App Home, modals). */
  respond?: RespondFn;
  log: Log;
}

const BROKE = 'This could not be shown. Close this and try again; nothing was changed by the showing.';

/** Shows an answer to the person who acted: a modal on their trigger, or a message only they see. */
export async function show(answer: SlackAnswer, reply: Reply): Promise<void> {
  switch (answer.show) {
    case 'nothing':
      return;
    case 'private':
      return tellPrivately(answer.text, reply);
    case 'errors':
      return tellPrivately(Object.values(answer.errors).join(' '), reply);
    case 'modal':
      await openModal(reply, answer.view);
      return;
    case 'modal_later':
      return openThenFill(answer, reply);
  }
}

async function openThenFill(
  answer: Extract<SlackAnswer, { show: 'modal_later' }>,
  reply: Reply,
): Promise<void> {
  const viewId = await openModal(reply, answer.loading);
  if (viewId === null) return;
  let view = answer.loading;
  try {
    view = await answer.fill();
  } catch (error) {
    reply.log.error({ err: error }, 'a modal could not be filled');
    view = { ...answer.loading, blocks: [{ type: 'section', text: { type: 'plain_text', text: BROKE } }] };
  }
  await reply.client.views.update({ view_id: viewId, view });
}

/** Null when the trigger was spent: a redelivery of something already shown. */
async function openModal(
  reply: Reply,
  view: Extract<SlackAnswer, { show: 'modal' }>['view'],
): Promise<string | null> {
  try {
    const opened = await reply.client.views.open({ trigger_id: reply.triggerId, view });
    return opened.view?.id ?? null;
  } catch (error) {
    if (slackErrorOf(error) === 'exchanged_trigger_id') return null;
    if (slackErrorOf(error) !== 'expired_trigger_id') throw error;
    await tellPrivately('Slack took too long to deliver that. Please try again.', reply);
    return null;
  }
}

async function tellPrivately(text: string, reply: Reply): Promise<void> {
  if (reply.respond !== undefined) {
    await reply.respond({ response_type: 'ephemeral', replace_original: false, text });
    return;
  }
  await reply.client.chat.postMessage({ channel: reply.slackUserId, text });
}

/** The `error` member of a Slack Web API answer, e.g. `message_not_found`; null for anything else. */
export function slackErrorOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('data' in error)) return null;
  const { data } = error;
  return typeof data === 'object' && data !== null && 'error' in data && typeof data.error === 'string'
    ? data.error
    : null;
}
