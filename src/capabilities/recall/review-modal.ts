import type { KnownBlock, ModalView } from '@slack/types';
import { actions, button, inlineValue, modal, section } from '../../blocks/index.js';
import { buttonValue } from '../button.js';
import type { VerbContext } from '../define.js';
import { namesOf } from '../names.js';
import { when } from '../wording.js';
import type { Item, Recall } from './schemas.js';
import { ACTIONS, progress } from './views.js';

const PER_PAGE = 10;

/** One page of what was done, each with its judgement or the buttons for one. The page travels in the modal's metadata. */
export function reviewModal(context: Pick<VerbContext, 'policy'>, recall: Recall, asked: number): ModalView {
  const { items } = recall.details;
  const pages = Math.max(1, Math.ceil(items.length / PER_PAGE));
  const page = Math.min(Math.max(0, asked), pages - 1);
  const shown = items.slice(page * PER_PAGE, (page + 1) * PER_PAGE);
  return modal({
    callbackId: 'recall.items',
    title: `Recall #${recall.number}`,
    close: 'Close',
    privateMetadata: String(page),
    blocks: [
      section(`${progress(recall)} Page ${page + 1} of ${pages}.`),
      ...shown.flatMap((item) => itemBlocks(context, recall, item)),
      ...paging(recall, page, pages),
    ],
  });
}

function itemBlocks(context: Pick<VerbContext, 'policy'>, recall: Recall, item: Item): KnownBlock[] {
  const { number, judged } = item;
  const { mention } = namesOf(context.policy.organisation);
  const did = `*#${number}* ${inlineValue(item.capability, 40)} for ${mention(item.subject)}: ${item.part} ${when(item.at)}`;
  const open = item.stopped ? ' · was open and is ended' : '';
  const verdict = judged === null ? '' : `\n*${judged.as}* by ${mention(judged.by)} ${when(judged.at)}`;
  const value = `${buttonValue(recall)}:${number}`;
  return [
    section(`${did}${open}${verdict}`),
    ...(judged === null
      ? [
          actions(`recall-item-${number}`, [
            button({ text: 'Accept', actionId: ACTIONS.accept, value, label: `Accept ${number}` }),
            button({ text: 'Flag', actionId: ACTIONS.flag, value, style: 'danger', label: `Flag ${number}` }),
          ]),
        ]
      : []),
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
