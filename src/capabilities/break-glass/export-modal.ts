import type { KnownBlock, ModalView } from '@slack/types';
import { modal, plainText, section } from '../../blocks/index.js';
import { ok } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import { commit } from '../../store/index.js';
import type { DocumentFormat, SlackAnswer, VerbContext } from '../define.js';
import { writeReview } from './export.js';
import { judgeAct } from './judge-act.js';
import { refuseAct } from './refuse-act.js';
import { asReview, onCurrent } from './stored.js';

const LONGEST_BLOCK = 2_900;
const MOST_BLOCKS = 60;

/** The review as a document, to copy from a modal: whoever may read it, and each reading is in the ledger. */
export const showExport = (
  context: VerbContext,
  id: RequestId,
  ask: { by: PrincipalId; input: string; format: DocumentFormat },
): SlackAnswer => ({
  show: 'modal_later',
  loading: saying('Reading the ledger. This takes a moment.'),
  fill: async () => {
    const read = await readReview(context, id, ask);
    return read.ok ? documentView(read.value) : saying(read.message);
  },
});

function readReview(
  context: VerbContext,
  id: RequestId,
  ask: { by: PrincipalId; input: string; format: DocumentFormat },
) {
  return onCurrent(context, id, async (glass) => {
    const review = asReview(glass);
    const now = context.clock.now();
    const decision = await judgeAct(context, review, { action: 'read', now, actor: ask.by });
    if (!isEffect(decision, 'allow'))
      return refuseAct(context, review, { by: ask.by, input: ask.input, what: 'review', now, decision });
    const noted = await commit(context.store, {
      tenant: context.tenant,
      at: now,
      input: ask.input,
      decision,
      event: {
        type: 'break-glass.review_read',
        requestId: id,
        actor: ask.by,
        data: { format: ask.format },
      },
      changes: [],
    });
    return noted.ok ? ok(await writeReview(context, review, ask.format)) : noted;
  });
}

const view = (blocks: KnownBlock[]): ModalView =>
  modal({ callbackId: 'break-glass.export', title: 'Review', close: 'Close', blocks });

const saying = (text: string): ModalView => view([section(text)]);

function documentView(text: string): ModalView {
  const parts = chunks(text);
  const shown = parts.slice(0, MOST_BLOCKS).map((part) => ({
    type: 'section' as const,
    text: plainText(part, LONGEST_BLOCK),
  }));
  return view(
    parts.length > MOST_BLOCKS
      ? [section('This is its beginning; the whole is under `/v1/break-glass/reviews/`.'), ...shown]
      : shown,
  );
}

/** Cut at the ends of lines, so that the parts make the document again. */
function chunks(text: string): string[] {
  const parts = [''];
  for (const line of text.split('\n').flatMap(pieces)) {
    const last = parts.at(-1) ?? '';
    if (last.length + line.length + 1 > LONGEST_BLOCK) parts.push(line);
    else parts[parts.length - 1] = last === '' ? line : `${last}\n${line}`;
  }
  return parts;
}

const pieces = (line: string): string[] =>
  Array.from({ length: Math.max(1, Math.ceil(line.length / LONGEST_BLOCK)) }, (_, at) =>
    line.slice(at * LONGEST_BLOCK, (at + 1) * LONGEST_BLOCK),
  );
