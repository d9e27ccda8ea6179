import {
  actions,
  button,
  context,
  header,
  inlineValue,
  type MessageContent,
  message,
  quotedValue,
  section,
} from '../../blocks/index.js';
import { buttonValue } from '../button.js';
import type { Gist, Names, Surface } from '../define.js';
import { inThread } from '../lines.js';
import { listed, NAMED_AT_MOST, when } from '../wording.js';
import { type Freeze, LIFTS_NEEDED } from './schemas.js';

export const ACTIONS = { lift: 'freeze.lift' } as const;

/** The security channel sees what was taken; the frozen account is told by its own refused clicks alone. */
export function surfaces(request: Freeze, names: Names): Surface[] {
  const people = request.details.security.slice(0, NAMED_AT_MOST).map((person) => names.mention(person));
  const told = `${people.join(', ') || 'Security'}: this account has no power until two of you lift that.`;
  return [
    { name: 'card', at: { channel: 'codex-hps' }, ...card(request, names) },
    inThread('told', told, 'codex-hps'),
  ];
}

function card(request: Freeze, names: Names): MessageContent {
  const { details, number } = request;
  const status = statusOf(request, names);
  const title = request.state === 'frozen' ? 'Account Frozen' : 'Freeze Lifted';
  return message(`${headline(request, names)} · ${status}`, [
    header(`${title} · #${number}`),
    section(headline(request, names)),
    ...(details.reason === '' ? [] : [section(`*Reason*\n${quotedValue(details.reason, 900)}`)]),
    section(ended(request)),
    ...(details.resting.length === 0 ? [] : [section(restingOn(request, names))]),
    section(status),
    ...liftButton(request),
    context(
      'Everything of this is in the ledger · `/recall @person since 3d` goes through what the account did',
    ),
  ]);
}

export function headline({ subject, details }: Freeze, names: Names): string {
  const person = names.mention(subject);
  const by = details.by === null ? 'Countersign' : names.mention(details.by);
  return details.because === 'deactivated'
    ? `The account of ${person} was deactivated in Slack, so it has no power here`
    : `${by} took all power from the account of ${person}`;
}

function ended({ details }: Freeze): string {
  const { stopped, left, voided } = details;
  const open = left.map(({ number, capability }) => `#${number} ${inlineValue(capability, 40)}`);
  return [
    stopped.length === 0
      ? 'Nothing of theirs was there to end.'
      : `Ended by this: ${listed(numbersOf(stopped), NAMED_AT_MOST)}.`,
    ...(left.length === 0
      ? []
      : [`Still open, since it is owed or waits for others: ${listed(open, NAMED_AT_MOST)}.`]),
    ...(voided === 0 ? [] : [`${voided} of their votes on what had not begun no longer count.`]),
  ].join('\n');
}

function restingOn({ details }: Freeze, names: Names): string {
  const named = details.resting.map(
    (one) => `#${one.number} ${inlineValue(one.capability, 40)} of ${names.mention(one.subject)}`,
  );
  return `*What goes on and rests on their approval*\n${listed(named, NAMED_AT_MOST, '\n')}\nLook at each; security can end it from its own card.`;
}

const numbersOf = (requests: readonly number[]): string[] => requests.map((number) => `#${number}`);

export function statusOf({ state, votes, details }: Freeze, names: Names): string {
  const people = votes.map((vote) => names.mention(vote.principal)).join(' and ');
  if (state === 'lifted')
    return `Lifted by ${people} · ${when(details.liftedAt)}. Nothing that was ended came back.`;
  const agreed = people === '' ? '' : ` (${people})`;
  return `In force. Lifting it takes ${LIFTS_NEEDED} of security: ${votes.length} of ${LIFTS_NEEDED}${agreed}.`;
}

export function liftButton(request: Freeze) {
  if (request.state !== 'frozen') return [];
  return [
    actions(`freeze-${request.id}-${request.version}`, [
      button({
        text: 'Lift Freeze',
        actionId: ACTIONS.lift,
        value: buttonValue(request),
        label: `Agree to lift freeze ${request.number}`,
        confirm: {
          title: 'Lift this freeze?',
          text: 'Do so only when you know yourself that the account is back in the right hands.',
          confirm: 'Lift Freeze',
          deny: 'Keep Frozen',
        },
      }),
    ]),
  ];
}

export const gist = (request: Freeze, names: Names): Gist => ({
  what: headline(request, names),
  status: statusOf(request, names),
  words: request.details.reason,
});
