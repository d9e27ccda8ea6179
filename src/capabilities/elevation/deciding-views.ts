import { actions, button, inlineValue, quotedValue, section } from '../../blocks/index.js';
import { buttonValue } from '../button.js';
import type { Names, Surface } from '../define.js';
import { inThread, toPerson } from '../lines.js';
import { whyStopped } from '../stop-words.js';
import { due, NAMED_AT_MOST, when } from '../wording.js';
import { approvalsOf, progressNow } from './deciding.js';
import type { Elevation } from './schemas.js';
import { targetOf } from './target-of.js';

export const DECIDING = {
  approveWith: 'elevation.approve_with_reason',
  shorten: 'elevation.shorten',
  askMore: 'elevation.ask_more',
  answer: 'elevation.answer',
  withdraw: 'elevation.withdraw_vote',
} as const;

/** How far the decision is: N of M, stage by stage where there are several, and why more are needed than usual. */
export function progressLine(request: Elevation, names: Names): string {
  const { deciding, approvalsNeeded, pendingUntil } = request.details;
  const { filled, current } = progressNow(request);
  const many = deciding.stages.length > 1;
  const stages = deciding.stages.map(({ needed }, index) => {
    const people = (filled[index] ?? []).map((person) => names.mention(person)).join(', ');
    const now = index === current ? ', now deciding' : '';
    return `Stage ${index + 1}: ${filled[index]?.length ?? 0} of ${needed}${people === '' ? '' : ` (${people})`}${now}`;
  });
  const raised = deciding.raised.map((reason) => `One more approval than usual: ${inlineValue(reason, 200)}`);
  return [
    `Waiting for approval: ${approvalsOf(request).length} of ${approvalsNeeded}. Open until ${due(pendingUntil)}.`,
    ...(many ? [stages.join(' · ')] : []),
    ...raised,
    ...(deciding.tooFew ? [TOO_FEW] : []),
  ].join('\n');
}

const TOO_FEW =
  'Too few people are left who may approve this. Ask the owner team of the system to name more approvers.';

/** What approvers can do beside a plain yes or no, and a yes taken back. */
export function decidingButtons(request: Elevation) {
  const { state, number, details } = request;
  const value = buttonValue(request);
  const waits = state === 'pending';
  const voted = approvalsOf(request).length > 0;
  const labelled = (text: string, actionId: string, label: string) =>
    button({ text, actionId, value, label: `${label} ${number}` });
  const elements = [
    ...(waits
      ? [labelled('Approve with Reason', DECIDING.approveWith, 'Approve with a reason request')]
      : []),
    ...(waits && details.durationMinutes > 1
      ? [labelled('Shorten', DECIDING.shorten, 'Allow less time for request')]
      : []),
    ...(waits ? [labelled('Ask for More', DECIDING.askMore, 'Ask the requester about request')] : []),
    ...(voted && CAN_WITHDRAW.includes(state)
      ? [labelled('Withdraw My Approval', DECIDING.withdraw, 'Take back your approval of request')]
      : []),
  ];
  return elements.length === 0 ? [] : [actions(`elevation-more-${request.id}-${request.version}`, elements)];
}

const CAN_WITHDRAW: readonly Elevation['state'][] = ['pending', 'approved', 'executing', 'active'];

/** What happened on the way to a decision, in the request's thread, and what its requester hears of it. */
export const decidingSurfaces = (request: Elevation, names: Names): Surface[] => [
  ...askSurfaces(request, names),
  ...nudgeSurfaces(request, names),
  ...questionSurfaces(request, names),
  ...shortenedSurfaces(request, names),
  ...withdrawnSurfaces(request, names),
  ...tooFewSurfaces(request),
  ...handledSurfaces(request, names),
];

const mentioned = (people: readonly Elevation['requester'][], names: Names): string =>
  people
    .slice(0, NAMED_AT_MOST)
    .map((person) => names.mention(person))
    .join(', ');

/** The first stage is asked with the card; each later one when its turn comes. */
function askSurfaces(request: Elevation, names: Names): Surface[] {
  const { stages } = request.details.deciding;
  const reached = progressNow(request).current ?? stages.length - 1;
  return stages.slice(0, reached + 1).map(({ approvers }, index) => {
    const turn = index === 0 ? '' : `It is the turn of stage ${index + 1}. `;
    return inThread(
      index === 0 ? 'ask' : `ask:${index + 1}`,
      `${turn}${mentioned(approvers, names)}: please approve or deny this with the buttons above.`,
    );
  });
}

const nudgeSurfaces = (request: Elevation, names: Names): Surface[] =>
  request.details.deciding.nudges.map(({ at, people }, index) =>
    inThread(
      `nudge:${index + 1}`,
      `Reminder · ${when(at)} · ${mentioned(people, names)}: this still waits for an approver to decide.`,
    ),
  );

function questionSurfaces(request: Elevation, names: Names): Surface[] {
  return request.details.deciding.questions.flatMap(({ by, at, text, answer }, index): Surface[] => {
    const asked = `${names.mention(by)} asks ${names.mention(request.requester)} · ${when(at)}\n${quotedValue(text, 900)}`;
    const reply =
      answer === null
        ? []
        : [
            inThread(
              `answer:${index + 1}`,
              `${names.mention(by)}: ${names.mention(answer.by)} answered · ${when(answer.at)}\n${quotedValue(answer.text, 900)}`,
            ),
          ];
    const own = `About your request #${request.number}: ${asked}`;
    const open = answer === null && request.state === 'pending';
    return [
      inThread(`question:${index + 1}`, asked),
      ...reply,
      toPerson(`question:${index + 1}`, request.requester, own, open ? [answerButton(request, index)] : []),
    ];
  });
}

/** What others asked about a request and nobody has answered, for its requester to answer. */
export const openQuestions = (request: Elevation, names: Names) =>
  request.details.deciding.questions.flatMap(({ by, at, text, answer }, index) =>
    answer !== null || request.state !== 'pending'
      ? []
      : [
          {
            at: new Date(at),
            blocks: [
              section(
                `*#${request.number}* ${names.mention(by)} asks you about ${targetOf(request, names)}\n${quotedValue(text, 900)}`,
              ),
              answerButton(request, index),
            ],
          },
        ],
  );

const answerButton = (request: Elevation, question: number) =>
  actions(`elevation-answer-${request.id}-${question}`, [
    button({
      text: 'Answer',
      actionId: DECIDING.answer,
      value: `${buttonValue(request)}:${question}`,
      style: 'primary',
      label: `Answer question ${question + 1} about request ${request.number}`,
    }),
  ]);

const shortenedSurfaces = (request: Elevation, names: Names): Surface[] =>
  request.details.deciding.shortened.flatMap(
    ({ by, at, fromMinutes, toMinutes, voided }, index): Surface[] => {
      const what = `${names.mention(by)} allowed ${toMinutes} minutes instead of ${fromMinutes} · ${when(at)}.`;
      const again = voided === 0 ? '' : ' Earlier approvals were for the longer time and no longer count.';
      const own = `Your request #${request.number}: ${what} Cancel it if that is not enough.`;
      return [
        inThread(`shortened:${index + 1}`, `${what}${again}`),
        toPerson(`shortened:${index + 1}`, request.requester, own),
      ];
    },
  );

const withdrawnSurfaces = (request: Elevation, names: Names): Surface[] =>
  request.details.deciding.withdrawn.map(({ by, at, because }, index) => {
    const what =
      because === null
        ? `${names.mention(by)} took their approval back`
        : `The approval of ${names.mention(by)} no longer counts, because ${whyStopped(because)}`;
    return inThread(`withdrawn:${index + 1}`, `${what} · ${when(at)}. It waits for approval again.`);
  });

function tooFewSurfaces(request: Elevation): Surface[] {
  if (!request.details.deciding.tooFew || request.state !== 'pending') return [];
  const text = `Your request #${request.number}: ${TOO_FEW}`;
  return [toPerson('too-few', request.requester, text)];
}

/** Whoever was asked hears that nothing is left for them to do. */
function handledSurfaces(request: Elevation, names: Names): Surface[] {
  const { decided } = request.details;
  if (request.state === 'pending' || decided === null) return [];
  if (request.state === 'timed_out')
    return [
      inThread(
        'handled',
        `Closed · ${when(decided.at)}: nobody answered in time. Nobody needs to decide any more.`,
      ),
    ];
  const isClosed = request.state === 'denied' || request.state === 'cancelled';
  const nobody = isClosed ? ' by Countersign' : '';
  const by = decided.by === null ? nobody : ` by ${names.mention(decided.by)}`;
  const how = isClosed ? 'Closed' : 'Approved';
  const reasons = request.votes.flatMap(({ verdict, principal, reason }) =>
    verdict === 'approve' && reason !== null
      ? [`\n${names.mention(principal)}: ${quotedValue(reason, 300)}`]
      : [],
  );
  return [
    inThread(
      'handled',
      `${how}${by} · ${when(decided.at)}. Nobody else needs to decide.${reasons.slice(0, 5).join('')}`,
    ),
  ];
}
