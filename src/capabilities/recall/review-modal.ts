import type { KnownBlock, ModalView } from '@slack/types';
import { actions, button, inlineValue, modal, quotedValue, section } from '../../blocks/index.js';
import { readRequestsById, type StoredRequest } from '../../store/index.js';
import { buttonValue } from '../button.js';
import type { VerbContext } from '../define.js';
import { namesOf } from '../names.js';
import { when } from '../wording.js';
import type { Item, Recall } from './schemas.js';
import { ACTIONS, progress } from './views.js';

const PER_PAGE = 10;

type Context = Pick<VerbContext, 'policy' | 'others'>;

/** One page of what was done, as each stands now. */
export async function readReviewModal(
  context: VerbContext,
  recall: Recall,
  asked: number,
): Promise<ModalView> {
  const ids = pageOf(recall, asked).shown.map(({ id }) => id);
  return reviewModal(context, recall, {
    asked,
    requests: await readRequestsById(context.store, context.tenant, ids),
  });
}

/** What each asks to be judged, with its judgement or the buttons for one. The page travels in the modal's metadata. */
export function reviewModal(
  context: Context,
  recall: Recall,
  { asked, requests }: { asked: number; requests: readonly StoredRequest[] },
): ModalView {
  const { page, pages, shown } = pageOf(recall, asked);
  return modal({
    callbackId: 'recall.items',
    title: `Recall #${recall.number}`,
    close: 'Close',
    privateMetadata: String(page),
    blocks: [
      section(`${progress(recall)} Page ${page + 1} of ${pages}.`),
      ...shown.flatMap((item) => {
        const request = requests.find(({ id }) => id === item.id);
        return [...itemBlocks(context, item, request), ...verdictBlocks(recall, item)];
      }),
      ...paging(recall, page, pages),
    ],
  });
}

function pageOf(recall: Recall, asked: number) {
  const { items } = recall.details;
  const pages = Math.max(1, Math.ceil(items.length / PER_PAGE));
  const page = Math.min(Math.max(0, asked), pages - 1);
  const shown = items.slice(page * PER_PAGE, (page + 1) * PER_PAGE);
  return { page, pages, shown };
}

/** Accepting what one cannot see would be a rubber stamp: what it was, in whose words, and what became of it. */
function itemBlocks(context: Context, item: Item, request: StoredRequest | undefined): KnownBlock[] {
  const names = namesOf(context.policy.organisation);
  const did = `*#${item.number}* ${inlineValue(item.capability, 40)} for ${names.mention(item.subject)}: ${item.part} ${when(item.at)}${FATE[item.fate]}`;
  const verdict =
    item.judged === null
      ? ''
      : `\n*${item.judged.as}* by ${names.mention(item.judged.by)} ${when(item.judged.at)}`;
  if (request === undefined) return [section(`${did}${verdict}`)];
  const { what, status, words } = context.others.gist(request, names);
  return [
    section(`${did}\n${what}`),
    section(`${words === '' ? '' : `${quotedValue(words, 900)}\n`}*Now:* ${status}${verdict}`),
  ];
}

const FATE: Record<Item['fate'], string> = {
  over: '',
  stopped: ' · was open and is ended by this',
  left_open: ' · stays open: it is owed, or ending already',
};

function verdictBlocks(recall: Recall, { number, judged }: Item): KnownBlock[] {
  if (judged !== null) return [];
  const value = `${buttonValue(recall)}:${number}`;
  return [
    actions(`recall-item-${number}`, [
      button({ text: 'Accept', actionId: ACTIONS.accept, value, label: `Accept ${number}` }),
      button({ text: 'Flag', actionId: ACTIONS.flag, value, style: 'danger', label: `Flag ${number}` }),
    ]),
  ];
}

function paging(recall: Recall, page: number, pages: number): KnownBlock[] {
  const to = (text: string, actionId: string, target: number) =>
    button({ text, actionId, value: `${buttonValue(recall)}:${target}` });
  const elements = [
    ...(page > 0 ? [to('Previous', ACTIONS.back, page - 1)] : []),
    ...(page < pages - 1 ? [to('Next', ACTIONS.page, page + 1)] : []),
  ];
  return elements.length === 0 ? [] : [actions('recall-pages', elements)];
}
