import {
  actions,
  button,
  dateTimePicker,
  input,
  modal,
  multiSelectAmong,
  numberInput,
  option,
  plainTextInput,
  section,
} from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import type { Draft } from './draft.js';
import { offeredPeople, offeredTargets } from './offer.js';

export const ASK_MODAL = 'window.ask';
export const FORM = { people: 'window.people', targets: 'window.targets', more: 'window.more' } as const;

/** What the form carries where the rare fields are shown. */
const MORE = 'more';

type Context = Pick<VerbContext, 'policy'>;

/** The form. Six inputs, and two rare ones behind More Options. */
export function askModal(context: Context, by: PrincipalId, draft: Draft, more = false) {
  const targets = offeredTargets(context, by);
  if (targets.length === 0) return nothingOffered();
  return modal({
    callbackId: ASK_MODAL,
    title: 'Request Window',
    submit: 'Submit',
    privateMetadata: more ? MORE : '',
    blocks: [
      ...(draft.unclear === null ? [] : [section(draft.unclear)]),
      ...whatInputs(context, by, draft),
      ...howOftenInputs(draft),
      reasonInput(draft),
      ...(more ? rareInputs(draft) : [moreButton]),
    ],
  });
}

const nothingOffered = () =>
  modal({
    callbackId: ASK_MODAL,
    title: 'Request Window',
    blocks: [
      section(
        'No system that you reach allows windows: every access is approved by itself. Its owner can allow them with `windows` in `policies/systems/`.',
      ),
    ],
  });

export const personOption = ({ id, name }: { id: PrincipalId; name: string }) => ({ text: name, value: id });
export const targetOption = ({ label, value }: { label: string; value: string }) => ({ text: label, value });

function whatInputs(context: Context, by: PrincipalId, draft: Draft) {
  return [
    input({
      blockId: 'people',
      label: 'Who may use it',
      hint: 'None of them can countersign it.',
      element: multiSelectAmong({
        actionId: FORM.people,
        options: offeredPeople(context, by)
          .map(personOption)
          .map(({ text, value }) => option(text, value)),
        initialValues: draft.people,
        most: 20,
      }),
    }),
    input({
      blockId: 'targets',
      label: 'System and scopes',
      hint: 'Scopes of one system. What cannot be undone is not offered.',
      element: multiSelectAmong({
        actionId: FORM.targets,
        options: offeredTargets(context, by)
          .map(targetOption)
          .map(({ text, value }) => option(text, value)),
        initialValues: draft.targets,
        most: 20,
      }),
    }),
  ];
}

const howOftenInputs = ({ uses, longestMinutes, endsAt }: Draft) => [
  input({
    blockId: 'uses',
    label: 'Uses',
    hint: 'How many accesses it lets through, of all of them together.',
    element: numberInput({ actionId: 'uses', min: 1, max: 100, ...(uses !== null && { initial: uses }) }),
  }),
  input({
    blockId: 'minutes',
    label: 'Minutes a use',
    hint: 'The longest one access may be.',
    element: numberInput({
      actionId: 'minutes',
      min: 1,
      max: 525_600,
      ...(longestMinutes !== null && { initial: Math.min(longestMinutes, 525_600) }),
    }),
  }),
  input({
    blockId: 'ends',
    label: 'Ends',
    hint: 'Then nothing more passes, and every access it let through is over too.',
    element: dateTimePicker({ actionId: 'ends', ...(endsAt && { initial: endsAt }) }),
  }),
];

const reasonInput = ({ reason }: Draft) =>
  input({
    blockId: 'reason',
    label: 'Reason',
    hint: 'Approvers read this. Say why nobody should be asked each time; at least 10 characters, no secrets.',
    element: plainTextInput({
      actionId: 'reason',
      multiline: true,
      maxLength: 2_000,
      ...(reason === '' ? {} : { initial: reason }),
    }),
  });

const rareInputs = ({ startsAt, ticket }: Draft) => [
  input({
    blockId: 'starts',
    label: 'Begins',
    hint: 'Left empty, it is open once it is countersigned. At most 14 days ahead.',
    optional: true,
    element: dateTimePicker({ actionId: 'starts', ...(startsAt && { initial: startsAt }) }),
  }),
  input({
    blockId: 'ticket',
    label: 'Ticket',
    hint: 'For example OPS-12. Some systems want one.',
    optional: true,
    element: plainTextInput({
      actionId: 'ticket',
      maxLength: 100,
      ...(ticket === '' ? {} : { initial: ticket }),
    }),
  }),
];

const moreButton = actions('more', [
  button({
    text: 'More Options',
    actionId: FORM.more,
    value: MORE,
    label: 'Show when it begins and its ticket',
  }),
]);
