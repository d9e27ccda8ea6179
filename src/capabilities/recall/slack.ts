import { inlineValue } from '../../blocks/index.js';
import type { RequestId } from '../../core/tenant.js';
import { onButton, onModalButton, privately } from '../button.js';
import type {
  ActionCall,
  CommandCall,
  SlackAnswer,
  SlackCall,
  SlackHandlers,
  VerbContext,
} from '../define.js';
import { personNamed } from '../person-named.js';
import { judge } from './judge.js';
import { recall } from './recall.js';
import { readReviewModal } from './review-modal.js';
import type { Verdict } from './schemas.js';
import { see } from './see.js';
import { afterName, parseSince, whatIsWrong } from './since.js';
import { ACTIONS } from './views.js';

const HELP =
  'Say whose doings and since when: `/recall @person since 3d`, `since yesterday`, or `since 2026-11-01`. It lists all that account asked and approved, ends what is still open and has security judge each again.';

export const slack: SlackHandlers = {
  commands: [{ name: '/recall', run: command }],
  actions: [
    onModalButton(ACTIONS.open, (context, id, call) =>
      showPage(context, id, { ...call, show: 'modal', page: 0 }),
    ),
    ...[ACTIONS.page, ACTIONS.back].map((actionId) =>
      onButton(actionId, (context, id, call) =>
        showPage(context, id, { ...call, show: 'update', page: placeOf(call.value) }),
      ),
    ),
    onButton(ACTIONS.accept, (context, id, call) => judgeItem(context, id, call, 'accepted')),
    onButton(ACTIONS.flag, (context, id, call) => judgeItem(context, id, call, 'flagged')),
  ],
  submissions: [],
};

async function command(context: VerbContext, call: CommandCall): Promise<SlackAnswer> {
  const { person, rest } = personNamed(context.policy.organisation, call.text);
  const since = parseSince(person === null ? afterName(rest) : rest, context.clock.now());
  if ('fault' in since)
    return { show: 'private', text: `${whatIsWrong(since.fault, person !== null)} ${HELP}` };
  const outcome = await recall(context, { ...call, person: person?.id ?? null, since: since.at });
  if (!outcome.ok || person === null) return privately(outcome);
  const { number, items, stopped } = outcome.value;
  const what = `Recall #${number} lists ${items} of what ${inlineValue(person.name, 80)} asked and approved`;
  const text = `${what}; ${stopped} of it was open and is being ended. Somebody else of security judges each.`;
  return { show: 'private', text };
}

/** The third part of a button's value: a page, or the number of an item. */
const placeOf = (value: string): number => Number(value.split(':')[2] ?? 0) || 0;

async function showPage(
  context: VerbContext,
  id: RequestId,
  call: SlackCall & { show: 'modal' | 'update'; page: number },
): Promise<SlackAnswer> {
  const seen = await see(context, id, call);
  return seen.ok
    ? { show: call.show, view: await readReviewModal(context, seen.value, call.page) }
    : privately(seen);
}

async function judgeItem(
  context: VerbContext,
  id: RequestId,
  call: ActionCall,
  as: Verdict,
): Promise<SlackAnswer> {
  const judged = await judge(context, id, { ...call, number: placeOf(call.value), as });
  if (!judged.ok) return privately(judged);
  const page = Number(call.view?.metadata) || 0;
  return { show: 'update', view: await readReviewModal(context, judged.value, page) };
}
