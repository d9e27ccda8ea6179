import type { SlackAnswer } from '../../../capabilities/index.js';
import { fillLater, type ModalView, notice, openModal, type Reply, show, waitingIdOf } from './answer.js';
import { inTime } from './in-time.js';

/** A trigger lives 3 s, part of which Slack's own delivery takes. */
const FORM_MILLISECONDS = 1_000;

export const WAITING = notice('One moment: this takes longer than usual.');
const WAITING_TO_OPEN = notice(
  'One moment: this takes longer than usual. If nothing else stands here in a minute, close this and try again.',
);
const DONE = notice('Done. You can close this.');
const SAID_WHERE_ASKED = notice(
  'Done: the answer stands where you asked, for you alone. You can close this.',
);

/** A view that says so where a modal is late, while its trigger still lives: its id, null where there is none. */
export async function openWaiting(answering: Promise<SlackAnswer>, reply: Reply): Promise<string | null> {
  if ((await inTime(answering, FORM_MILLISECONDS)) !== null) return null;
  const view = { ...WAITING_TO_OPEN, external_id: waitingIdOf(reply.triggerId) };
  return openModal(reply, view, null).catch((error: unknown) => {
    reply.log.debug({ err: error }, 'nobody could be told to wait');
    return null;
  });
}

/** An answer that came late to what opened a view: it takes the place of the wait. */
export async function showLate(answer: SlackAnswer, reply: Reply, viewId: string): Promise<void> {
  if (answer.show !== 'private' || reply.respond === undefined) return fillWaiting(reply, viewId, answer);
  await show(answer, reply);
  await reply.client.views.update({ view_id: viewId, view: SAID_WHERE_ASKED });
}

/** Puts an answer in place of the wait that the view `viewId` shows. */
export async function fillWaiting(
  to: Pick<Reply, 'client' | 'log'>,
  viewId: string,
  answer: SlackAnswer,
): Promise<void> {
  if (answer.show === 'modal_later') return fillLater(to, viewId, answer);
  await to.client.views.update({ view_id: viewId, view: viewOf(answer) });
}

function viewOf(answer: Exclude<SlackAnswer, { show: 'modal_later' }>): ModalView {
  switch (answer.show) {
    case 'nothing':
      return DONE;
    case 'errors':
      return notice(Object.values(answer.errors).join(' '));
    case 'private':
      return notice(answer.text);
    case 'modal':
    case 'update':
      return answer.view;
  }
}
