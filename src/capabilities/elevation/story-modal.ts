import type { KnownBlock, ModalView } from '@slack/types';
import { codeValue, inlineValue, modal, section, context as smallPrint } from '../../blocks/index.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import type { Policy } from '../../policy/index.js';
import type { Names, SlackAnswer, VerbContext } from '../define.js';
import { type Entry, whoDid } from '../entries.js';
import { namesOf } from '../names.js';
import { wholePart } from '../sealed-terms.js';
import { listed, when } from '../wording.js';
import { said } from './said.js';
import type { Elevation } from './schemas.js';
import { story, type TakenBack } from './story.js';
import { reasonPart } from './terms-views.js';
import { howItEnded, summary } from './views.js';

/** Each may take some 750 characters: a section holds 3,000, a view a hundred blocks. */
const LINES_PER_BLOCK = 4;
const LINES_AT_MOST = 300;
const VOTES_AT_MOST = 9;

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
        ? storyView(storyBlocks(context, told.value.request, told.value.events, told.value.takenBack))
        : storyView([section(told.message)]);
    },
  };
}

/**
 * Every entry about the request by its position in the ledger: who did it, the rules that decided and why; and beside them
 * every vote, those that count no more included, what was granted and how it ended.
 */
export function storyBlocks(
  { policy }: Pick<VerbContext, 'policy'>,
  request: Elevation,
  events: readonly Entry[],
  takenBack: readonly TakenBack[] = [],
): KnownBlock[] {
  const { details } = request;
  const names = namesOf(policy.organisation);
  const lines = events.slice(-LINES_AT_MOST).map((event) => lineOf(policy, names, event));
  const left = events.length - lines.length;
  return [
    section(summary(request, names)),
    ...wholePart(reasonPart(request)),
    section(`*Votes*\n${votesOf(request, takenBack, names) || noVotes(request)}`),
    ...granted(request),
    ...ended(request, names),
    ...(left > 0 ? [section(`${left} older entries are not shown; an auditor's export has them.`)] : []),
    ...chunks(lines).map((chunk) => section(chunk.join('\n'))),
    smallPrint(`Sealed terms \`${details.seal}\` · # is the position in the ledger`),
  ];
}

/** The newest; whoever approved, and does not any more, is part of the story. */
function votesOf(request: Elevation, takenBack: readonly TakenBack[], names: Names): string {
  const standing = request.votes.map((vote) => ({ ...vote, voidedAt: null }));
  const lines = [...takenBack, ...standing]
    .toSorted((one, other) => other.castAt.getTime() - one.castAt.getTime())
    .map(({ principal, verdict, castAt, voidedAt, reason, seal }) => {
      const over = voidedAt === null ? '' : ` · counts no more since ${when(voidedAt.toISOString())}`;
      const other = seal === request.details.seal ? '' : ' · on other terms';
      const why = reason === null || reason === '' ? '' : ` · ${inlineValue(reason, 120)}`;
      return `${names.mention(principal)}: ${verdict} ${when(castAt.toISOString())}${over}${other}${why}`;
    });
  return listed(lines, VOTES_AT_MOST, '\n');
}

const noVotes = ({ details: { window } }: Elevation): string =>
  window === null ? 'Nobody voted.' : `None was needed: those of window #${window.number} stand behind it.`;

function granted({ details: { grant, login, showings } }: Elevation): KnownBlock[] {
  if (grant === null) return [];
  const account = grant.account ?? login;
  const shown = showings.filter(({ shownAt }) => shownAt !== null).length;
  const given =
    grant.grantedAt === null
      ? 'not proved yet'
      : `${when(grant.grantedAt)}, until ${when(grant.expiresAt ?? grant.endsAtLatest)}`;
  return [
    section(
      `*Grant*\n${given}${account === null ? '' : ` · ${codeValue(account, 100)}`} · packets signed: ${grant.attempts} · credentials shown: ${shown}`,
    ),
  ];
}

function ended(request: Elevation, names: Names): KnownBlock[] {
  const { end } = request.details;
  if (end === null) return [];
  const proved = end.provedAt === null ? '*not proved gone yet*' : `proved gone ${when(end.provedAt)}`;
  return [section(`*End*\n${howItEnded(request, names)} · ${proved} · packets signed: ${end.attempts}`)];
}

function lineOf(policy: Policy, names: Names, event: Entry): string {
  const { seq, type, at, decision } = event;
  const rules =
    decision === null ? '' : ` · ${decision.effect}: ${inlineValue(decision.rules.join(', '), 150)}`;
  const why = said(policy, event).map((message) => `\n      ${inlineValue(message, 120)}`);
  return `\`#${seq}\` ${inlineValue(type, 60)} by ${whoDid(event, names)} ${when(at)}${rules}${why.slice(0, 3).join('')}`;
}

const chunks = (lines: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(lines.length / LINES_PER_BLOCK) }, (_, at) =>
    lines.slice(at * LINES_PER_BLOCK, (at + 1) * LINES_PER_BLOCK),
  );

const storyView = (blocks: KnownBlock[]): ModalView =>
  modal({ callbackId: 'elevation.story', title: 'Story of a Request', close: 'Close', blocks });
