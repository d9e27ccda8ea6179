import type { WebClient } from '@slack/web-api';
import { modal, section } from '../../../blocks/index.js';
import type { SlackAnswer } from '../../../capabilities/index.js';
import type { Log } from '../../log.js';
import { slackErrorOf } from '../slack-error.js';

export interface Reply {
  client: WebClient;
  triggerId: string;
  slackUserId: string;
  /** Says something where the person acted; absent where there is no such place (App Home, modals). */
  respond?: (said: Said) => Promise<unknown>;
  /** The view in which they acted. */
  view?: { id: string; type: string; hash?: string | undefined };
  log: Log;
}

/** What only the person who acted is told. */
export type Said = Omit<Extract<SlackAnswer, { show: 'private' }>, 'show'>;

export type ModalView = Extract<SlackAnswer, { show: 'modal' }>['view'];

const BROKE = 'This could not be shown. Close this and try again; nothing was changed by the showing.';
const TOO_LATE = 'Slack took too long to deliver that. Please try again.';

/** Shows an answer to the person who acted: in a modal, or as a message only they see. */
export async function show(answer: SlackAnswer, reply: Reply): Promise<void> {
  switch (answer.show) {
    case 'nothing':
      return;
    case 'private':
      return tellPrivately(answer, reply);
    case 'errors':
      return tellPrivately({ text: Object.values(answer.errors).join(' ') }, reply);
    case 'modal':
      await openModal(reply, answer.view);
      return;
    case 'update':
      return updateModal(reply, answer.view);
    case 'modal_later':
      return fillLater(reply, await openModal(reply, answer.loading), answer);
  }
}

/** A sentence in a modal of its own: seen at once, and by nobody else. */
export const notice = (text: string): ModalView =>
  modal({ callbackId: 'notice', title: 'Countersign', close: 'Close', blocks: [section(text)] });

/** Replaces the loading view `viewId` shows; null where it was never opened. */
export async function fillLater(
  { client, log }: Pick<Reply, 'client' | 'log'>,
  viewId: string | null,
  answer: Extract<SlackAnswer, { show: 'modal_later' }>,
): Promise<void> {
  if (viewId === null) return;
  const view = await answer.fill().catch((error: unknown) => {
    log.error({ err: error }, 'a modal could not be filled');
    return { ...answer.loading, blocks: [section(BROKE)] };
  });
  await client.views.update({ view_id: viewId, view });
}

/** A view that changed or closed since the click is left alone: what was answered is no longer what is shown. */
async function updateModal(reply: Reply, view: ModalView): Promise<void> {
  const { view: clicked, client, log } = reply;
  if (clicked?.type !== 'modal') {
    await openModal(reply, view);
    return;
  }
  try {
    const { id, hash } = clicked;
    await client.views.update({ view_id: id, view, ...(hash === undefined ? {} : { hash }) });
  } catch (error) {
    const code = slackErrorOf(error);
    if (code !== 'hash_conflict' && code !== 'not_found') throw error;
    log.debug({ code }, 'a modal had changed before its answer came');
  }
}

/**
 * Opens it, over the modal in which the person acted if they did. Null when the trigger was spent or too old; of the
 * latter the person is told `instead`, where that is anything.
 */
export async function openModal(
  reply: Reply,
  view: ModalView,
  instead: string | null = TOO_LATE,
): Promise<string | null> {
  try {
    const call = { trigger_id: reply.triggerId, view };
    const { views } = reply.client;
    const opened = reply.view?.type === 'modal' ? await views.push(call) : await views.open(call);
    return opened.view?.id ?? null;
  } catch (error) {
    if (slackErrorOf(error) === 'exchanged_trigger_id') return takeOver(reply, view);
    if (slackErrorOf(error) !== 'expired_trigger_id') throw error;
    if (instead !== null) await (reply.respond ?? directly(reply))({ text: instead });
    return null;
  }
}

/** Under which a view that waits for an answer is found again, whoever opened it. */
export const waitingIdOf = (triggerId: string): string => `waiting-${triggerId}`;

/**
 * Of a spent trigger: takes the place of the view that was opened to wait, by a process that died since or whose answer
 * from Slack was lost. Null for a redelivery of something already shown.
 */
async function takeOver({ client, triggerId }: Reply, view: ModalView): Promise<string | null> {
  try {
    const taken = await client.views.update({ external_id: waitingIdOf(triggerId), view });
    return taken.view?.id ?? null;
  } catch (error) {
    if (slackErrorOf(error) === 'not_found') return null;
    throw error;
  }
}

async function tellPrivately(said: Said, reply: Reply): Promise<void> {
  if (reply.respond !== undefined) await reply.respond(said);
  else await openModal(reply, notice(said.text), said.text);
}

const directly =
  (reply: Reply) =>
  ({ text }: Said) =>
    reply.client.chat.postMessage({ channel: reply.slackUserId, text });
