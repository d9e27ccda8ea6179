import { z } from 'zod';
import {
  actions,
  button,
  dateTimePicker,
  context as hint,
  input,
  modal,
  numberInput,
  option,
  plainTextInput,
  section,
  selectAmong,
} from '../../blocks/index.js';
import { type PrincipalId, RequestId } from '../../core/tenant.js';
import { LONGEST_REASON } from '../reason.js';
import { valueOfTarget } from '../systems.js';
import type { Draft } from './draft.js';
import { type OfferContext, type OfferedScope, possibleSubjects, requestableScopes } from './offer.js';

export const ASK_MODAL = 'elevation.ask';
export const FORM = {
  target: 'elevation.target',
  subject: 'elevation.subject',
  more: 'elevation.more',
} as const;

/** A year: the form's own bound. Slack refuses a form prefilled beyond it. */
const MAXIMUM_MINUTES = 525_600;

/** What an open form knows besides its fields. */
export const FormState = z.object({
  /** Whether the rare fields are shown. */
  more: z.boolean(),
  /** Rare fields that are shown all the same; the person has to be chosen. */
  opens: z.array(z.enum(['start', 'subject'])),
  /** Numbers of requests for the same that the person was shown. */
  beside: z.array(z.int()).max(50),
  /** The pending request this form edits. */
  edits: RequestId.nullable(),
});
export type FormState = z.infer<typeof FormState>;

export const NEW_FORM: FormState = { more: false, opens: [], beside: [], edits: null };

/** The request form. System and scope are one choice: no pair that does not exist can be made. */
export function askModal(
  context: OfferContext,
  by: PrincipalId,
  draft: Draft,
  form: FormState = NEW_FORM,
  notices: readonly string[] = [],
) {
  const offered = offeredTo(context, by, form, draft);
  if (offered.length === 0) return nothingOffered(draft);
  const repository = offered.find(({ target }) => target === draft.target)?.repository ?? null;
  return modal({
    callbackId: ASK_MODAL,
    title: form.edits === null ? 'Request Access' : 'Edit Request',
    submit: form.edits === null ? 'Submit' : 'Save',
    privateMetadata: JSON.stringify(form),
    blocks: [
      ...notices.map((notice) => section(notice)),
      ...(draft.unclear === null ? [] : [section(draft.unclear)]),
      targetInput(offered, draft),
      ...(repository === null ? [] : [changeInput(repository, draft)]),
      ...caseInputs(draft),
      ...rareInputs(context, by, draft, { ...form, deploys: repository !== null }),
    ],
  });
}

/**
 * Only what is filled in already, until More Options is pressed. A form has six inputs at the most, so where something
 * is deployed one of these has room, and the form says how to have the other.
 */
function rareInputs(
  context: OfferContext,
  by: PrincipalId,
  draft: Draft,
  form: FormState & { deploys: boolean },
) {
  const { edits, deploys } = form;
  if (edits !== null) return [startInput(draft)];
  const isShown = rareShown(form, draft);
  const isForSomebody = draft.subject !== null || form.opens.includes('subject');
  if (deploys && isForSomebody) return [...subjectInput(context, by, draft, form), later];
  if (deploys && isShown.start) return [startInput(draft), behalf];
  return [
    ...(isShown.start ? [startInput(draft)] : []),
    ...(isShown.subject ? subjectInput(context, by, draft, form) : []),
    ...(isShown.start && isShown.subject ? [] : [moreButton]),
  ];
}

const rareShown = ({ more, opens }: FormState, { startAt, subject }: Draft) => ({
  start: more || startAt !== null || opens.includes('start'),
  subject: more || subject !== null || opens.includes('subject'),
});

/** An edit stays within its system: another one has other approvers, and is another request. */
function offeredTo(context: OfferContext, by: PrincipalId, form: FormState, draft: Draft): OfferedScope[] {
  const offered = requestableScopes(context, by, draft.subject ?? by);
  const [system] = (draft.target ?? '').split('/');
  return form.edits === null ? offered : offered.filter((scope) => scope.system === system);
}

const nothingOffered = ({ unclear }: Draft) =>
  modal({
    callbackId: ASK_MODAL,
    title: 'Request Access',
    blocks: [
      ...(unclear === null ? [] : [section(unclear)]),
      section(
        'None of your roles may ask for access to a system. The owner of a system can let one of them in `policies/systems/`.',
      ),
    ],
  });

export const targetOption = ({ label, target }: OfferedScope) => ({
  text: label,
  value: valueOfTarget(target),
});

function targetInput(offered: readonly OfferedScope[], { target }: Draft) {
  const chosen = offered.find((scope) => scope.target === target);
  return input({
    blockId: 'target',
    label: 'System and scope',
    // Some scopes want more said.
    dispatchAction: offered.some(({ repository }) => repository !== null),
    ...(offered.length > 100 && { hint: `Type to search all ${offered.length} you may ask for.` }),
    element: selectAmong({
      actionId: FORM.target,
      options: offered.map(targetOption).map(({ text, value }) => option(text, value)),
      ...(chosen && { initialValue: valueOfTarget(chosen.target) }),
    }),
  });
}

const changeInput = (repository: string, { change }: Draft) =>
  input({
    blockId: 'change',
    label: 'What is deployed',
    hint: `${repository}@ and a branch, tag or commit. Nobody who had a part in it since the last deployment can approve.`,
    element: plainTextInput({
      actionId: 'change',
      maxLength: 320,
      initial: change === '' ? `${repository}@` : change,
    }),
  });

const caseInputs = (draft: Draft) => [
  input({
    blockId: 'duration',
    label: 'Minutes',
    hint: 'Access ends by itself after this long. Each system has its maximum.',
    element: numberInput({
      actionId: 'duration',
      ...(draft.durationMinutes !== null && { initial: Math.min(draft.durationMinutes, MAXIMUM_MINUTES) }),
      min: 1,
      max: MAXIMUM_MINUTES,
    }),
  }),
  input({
    blockId: 'reason',
    label: 'Reason',
    hint: 'Approvers read this. Say what the access is for; at least 10 characters, no secrets.',
    element: plainTextInput({
      actionId: 'reason',
      multiline: true,
      maxLength: LONGEST_REASON,
      ...(draft.reason === '' ? {} : { initial: draft.reason }),
    }),
  }),
  input({
    blockId: 'ticket',
    label: 'Ticket',
    hint: 'For example INC-1. Some systems want one, and some look it up.',
    optional: true,
    element: plainTextInput({
      actionId: 'ticket',
      maxLength: 100,
      ...(draft.ticket === '' ? {} : { initial: draft.ticket }),
    }),
  }),
];

const startInput = ({ startAt }: Draft) =>
  input({
    blockId: 'start',
    label: 'Begins',
    hint: 'Left empty, the access begins once it is approved. At most 14 days ahead.',
    optional: true,
    element: dateTimePicker({ actionId: 'start', ...(startAt && { initial: startAt }) }),
  });

/** Only those who may have what is chosen; with whoever is chosen the systems change. */
function subjectInput(context: OfferContext, by: PrincipalId, draft: Draft, { opens }: FormState) {
  const [system, scope] = (draft.target ?? '').split('/');
  const target = system === undefined || scope === undefined ? null : { system, scope };
  const people = possibleSubjects(context, by, target).map(({ id, name }) => option(name, id));
  const chosen = people.find(({ value }) => value === draft.subject);
  if (people.length === 0)
    return [section('Nobody else can have this, so it can only be asked for yourself.')];
  const isMeant = opens.includes('subject');
  return [
    input({
      blockId: 'subject',
      label: 'For somebody else',
      hint: 'They get the access and its credential; neither of you decides on it.',
      optional: !isMeant,
      dispatchAction: true,
      element: selectAmong({
        actionId: FORM.subject,
        options: people,
        ...(chosen && { initialValue: chosen.value }),
      }),
    }),
  ];
}

const later = hint('It begins once approved. To have it begin later, press *Edit* when the request is open.');
const behalf = hint('To deploy for somebody else, begin with their name: `/elevate for <name> …`.');

const moreButton = actions('more', [
  button({
    text: 'More Options',
    actionId: FORM.more,
    value: 'more',
    label: 'Show the start and whom the access is for',
  }),
]);
