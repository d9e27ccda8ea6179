import type { KnownBlock, ModalView } from '@slack/types';
import { inlineValue, modal, quotedValue, section, context as smallPrint } from '../../blocks/index.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import type { RequestEvent } from '../../ledger/index.js';
import type { Policy } from '../../policy/index.js';
import type { SlackAnswer, VerbContext } from '../define.js';
import { namesOf } from '../names.js';
import { when } from '../wording.js';
import { said } from './said.js';
import type { Elevation } from './schemas.js';
import { story } from './story.js';
import { summary } from './views.js';

const LINES_PER_BLOCK = 5;
const LINES_AT_MOST = 400;

/** Show Story: a loading modal at once, since the whole log is read for it. */
export function showStory(
  context: VerbContext,
  id: RequestId,
  ask: { by: PrincipalId; input: string },
): SlackAnswer {
  return {
    show: 'modal_later',
    loading: storyView([section('Reading the ledger. This takes a moment.')]),
    fill: async () => {
      const told = await story(context, id, ask);
      return told.ok
        ? storyView(storyBlocks(context, told.value.request, told.value.events))
        : storyView([section(told.message)]);
    },
  };
}

/**
 * Every entry about the request by its position in the ledger, with the rules that decided and why, and the votes as
 * they stand.
 */
export function storyBlocks(
  { policy }: Pick<VerbContext, 'policy'>,
  request: Elevation,
  events: readonly RequestEvent[],
): KnownBlock[] {
  const { details } = request;
  const names = namesOf(policy.organisation);
  const lines = events.slice(-LINES_AT_MOST).map((event) => lineOf(policy, event));
  const left = events.length - lines.length;
  const votes = request.votes.map((vote) => {
    const why = vote.reason === null ? '' : ` · ${inlineValue(vote.reason, 200)}`;
    return `${names.mention(vote.principal)}: ${vote.verdict} ${when(vote.castAt.toISOString())}${why}`;
  });
  return [
    section(summary(request, names)),
    section(`*Reason*\n${quotedValue(details.reason, 900)}`),
    section(`*Votes on these terms*\n${votes.slice(0, 10).join('\n') || noVotes(request)}`),
    ...(left > 0 ? [section(`${left} older entries are not shown; an auditor's export has them.`)] : []),
    ...chunks(lines).map((chunk) => section(chunk.join('\n'))),
    smallPrint(`Sealed terms \`${details.seal}\` · # is the position in the ledger`),
  ];
}

const noVotes = ({ details: { window } }: Elevation): string =>
  window === null ? 'None stands.' : `None was needed: those of window #${window.number} stand behind it.`;

function lineOf(policy: Policy, event: RequestEvent): string {
  const { seq, type, at, decision } = event;
  const rules =
    decision === null ? '' : ` · ${decision.effect}: ${inlineValue(decision.rules.join(', '), 150)}`;
  const why = said(policy, event).map((message) => `\n      ${inlineValue(message, 120)}`);
  return `\`#${seq}\` ${inlineValue(type, 60)} ${when(at)}${rules}${why.slice(0, 3).join('')}`;
}

const chunks = (lines: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(lines.length / LINES_PER_BLOCK) }, (_, at) =>
    lines.slice(at * LINES_PER_BLOCK, (at + 1) * LINES_PER_BLOCK),
  );

const storyView = (blocks: KnownBlock[]): ModalView =>
  modal({ callbackId: 'elevation.story', title: 'Story of a Request', close: 'Close', blocks });
