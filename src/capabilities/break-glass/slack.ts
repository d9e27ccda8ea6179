import { type PrincipalId, RequestId } from '../../core/tenant.js';
import { bestMatches } from '../best-matches.js';
import { onButton, onModalButton, parseButton, privately, STALE, underFields } from '../button.js';
import type {
  CommandCall,
  DocumentFormat,
  SlackAnswer,
  SlackCall,
  SlackHandlers,
  SubmissionCall,
  VerbContext,
} from '../define.js';
import { fieldErrors } from '../forms.js';
import { ACCOUNTS_OUT, TAKE_OVER_GONE } from './accounts.js';
import { ACTIONS, FORM, MODALS } from './actions.js';
import { confirmStandIn } from './confirm-stand-in.js';
import { contain, stopPerson } from './contain.js';
import { showCredential } from './credential.js';
import { differencesModal } from './differences-modal.js';
import { end } from './end.js';
import { findNumbered, findReview } from './export.js';
import { showExport } from './export-modal.js';
import { overdueOf } from './facts.js';
import { justify } from './justify.js';
import { GIVEN, machine, OWED } from './machine.js';
import { justifyModal, ownWordsModal, reviewModal, standInModal } from './modals.js';
import { systemChoices, takeOverChoices } from './offer.js';
import { openForm } from './open-form.js';
import { editReview, signOff, takeReview } from './review.js';
import { IncidentRecord, UseInput } from './schemas.js';
import { submitDifferences } from './settle-form.js';
import { alreadyResolved } from './settled.js';
import { standIn } from './stand-in.js';
import { statusText } from './status.js';
import { asJustification, asReview, list, readGlass, UNDER_WAY } from './stored.js';
import { use } from './use.js';
import { useModal, useModalAgain } from './use-modal.js';

export const slack: SlackHandlers = {
  commands: [
    { name: '/break-glass', opensModal: (text) => !/^\s*(status|end)\s*$/i.test(text), run: command },
  ],
  options: [
    {
      actionId: FORM.system,
      run: async (context, { by, query }) => bestMatches(systemChoices(context, by), query),
    },
    {
      actionId: FORM.takeOver,
      run: async (context, { by, query }) => bestMatches(await takeOverChoices(context, by), query),
    },
  ],
  actions: [
    onModalButton(
      ACTIONS.show,
      async (context, id, call) => (await owedForm(context, call.by)) ?? showCredential(context, id, call),
    ),
    onButton(ACTIONS.end, async (context, id, call) => privately(await end(context, id, call))),
    onModalButton(ACTIONS.justify, (context, id, call) =>
      openForm(context, id, call, { as: asJustification, action: 'justify', view: ownWordsModal }),
    ),
    onModalButton(ACTIONS.standIn, (context, id, call) =>
      openForm(context, id, call, { as: asJustification, action: 'stand_in', view: standInModal }),
    ),
    onButton(ACTIONS.confirmStandIn, async (context, id, call) =>
      privately(await confirmStandIn(context, id, call)),
    ),
    onModalButton(ACTIONS.write, (context, id, call) =>
      openForm(context, id, call, { as: asReview, action: 'edit', view: reviewModal }),
    ),
    onModalButton(ACTIONS.differences, (context, id, call) =>
      openForm(context, id, call, {
        as: asReview,
        action: 'settle',
        view: (review) => differencesModal(review),
      }),
    ),
    onButton(ACTIONS.take, async (context, id, call) => privately(await takeReview(context, id, call))),
    onButton(ACTIONS.signOff, async (context, id, call) => privately(await signOff(context, id, call))),
    onButton(ACTIONS.stop, async (context, id, call) => privately(await stopPerson(context, id, call))),
    onModalButton(ACTIONS.exportMarkdown, (context, id, call) =>
      showExport(context, id, { ...call, format: 'markdown' }),
    ),
    onModalButton(ACTIONS.exportJson, (context, id, call) =>
      showExport(context, id, { ...call, format: 'json' }),
    ),
    onButton(ACTIONS.contain, async (context, id, call) => privately(await contain(context, id, call))),
  ],
  submissions: [
    { callbackId: MODALS.use, run: submitUse, taken: showTaken },
    { callbackId: MODALS.justify, run: submitWords(justify) },
    { callbackId: MODALS.standIn, run: submitWords(standIn) },
    { callbackId: MODALS.review, run: submitReview },
    { callbackId: MODALS.differences, run: submitDifferences },
  ],
};

async function command(context: VerbContext, call: CommandCall): Promise<SlackAnswer> {
  switch (call.text.trim().toLowerCase()) {
    case 'status':
      return { show: 'private', text: await statusText(context, call.by) };
    case 'end':
      return endOwn(context, call);
    case 'justify':
      return justifyOwn(context, call.by);
  }
  const justified = JUSTIFY.exec(call.text.trim());
  if (justified !== null) return justifyNumbered(context, call, Number(justified[1]));
  const wanted = EXPORT.exec(call.text.trim());
  if (wanted !== null)
    return exportNumbered(context, call, {
      number: Number(wanted[1]),
      format: wanted[2] === undefined ? 'markdown' : 'json',
    });
  return (
    (await owedForm(context, call.by)) ?? {
      show: 'modal',
      view: await useModal(context, call.by, call.text),
    }
  );
}

/** In place of whatever leads to a credential, for who owes a justification; null for everybody else. */
async function owedForm(context: VerbContext, by: PrincipalId): Promise<SlackAnswer | null> {
  const [owed] = await overdueOf(context, by, context.clock.now());
  return owed === undefined ? null : { show: 'modal', view: justifyModal(owed, OWED_FIRST) };
}

const OWED_FIRST =
  'An earlier use of break-glass is not justified, and that is overdue. Write it now; then break the glass.';

const JUSTIFY = /^justify\s+#?(\d{1,9})$/i;
const EXPORT = /^export\s+#?(\d{1,9})(\s+json)?$/i;

async function exportNumbered(
  context: VerbContext,
  call: SlackCall,
  { number, format }: { number: number; format: DocumentFormat },
): Promise<SlackAnswer> {
  const review = await findReview(context, number);
  return review === null
    ? { show: 'private', text: `#${number} is no review of a break-glass use.` }
    : showExport(context, review.id, { ...call, format });
}

async function endOwn(context: VerbContext, call: SlackCall): Promise<SlackAnswer> {
  const own = await list(context, { requester: call.by, states: UNDER_WAY, take: 10 });
  const [first, ...others] = own;
  if (first === undefined) return { show: 'private', text: 'You have no break-glass use to end.' };
  const outcome = await end(context, first.id, call);
  if (!outcome.ok) return privately(outcome);
  const left = others.map(({ number, details }) => `#${number} (${details.system})`).join(', ');
  return {
    show: 'private',
    text: `Use #${first.number} is ending.${left === '' ? '' : ` Still open: ${left}. Send the command again to end the next one.`}`,
  };
}

/** Of the use or the justification of this number; whether it is theirs is for policy to say. */
async function justifyNumbered(context: VerbContext, call: SlackCall, number: number): Promise<SlackAnswer> {
  const found = await findNumbered(context, number);
  if (found === null || found.details.part === 'review')
    return { show: 'private', text: `#${number} is no break-glass use, so there is nothing to justify.` };
  const id = found.details.part === 'use' ? found.details.justification : found.id;
  const request = asJustification(await readGlass(context, id));
  return machine.next(request.state, 'give') === null
    ? privately(alreadyResolved(request))
    : openForm(context, id, call, { as: asJustification, action: 'justify', view: ownWordsModal });
}

/** The oldest that is owed, else the newest that can be amended. */
async function justifyOwn(context: VerbContext, by: PrincipalId): Promise<SlackAnswer> {
  const owed = await list(context, { requester: by, states: OWED, take: 100 });
  const given = await list(context, { requester: by, states: GIVEN, take: 1 });
  const which = owed.at(-1) ?? given[0];
  return which === undefined
    ? { show: 'private', text: 'You owe no justification, and there is none to amend.' }
    : { show: 'modal', view: ownWordsModal(asJustification(which)) };
}

async function submitUse(context: VerbContext, call: SubmissionCall): Promise<SlackAnswer> {
  const { values } = call;
  const takeOver = RequestId.safeParse(values['takeOver']);
  const parsed = UseInput.safeParse({
    system: values['system'] ?? '',
    incident: values['incident'] ?? '',
    severity: values['severity'],
    what: values['what'] ?? '',
    confirmation: values['confirmation'] ?? '',
    takeOver: takeOver.success ? takeOver.data : null,
  });
  if (!parsed.success) return { show: 'errors', errors: fieldErrors(parsed.error.issues) };
  const outcome = await use(context, { by: call.by, input: call.input, asked: parsed.data });
  if (outcome.ok)
    return showCredential(context, outcome.value.id, { by: call.by, input: `${call.input}-show` });
  if (outcome.code === ACCOUNTS_OUT || outcome.code === TAKE_OVER_GONE)
    return { show: 'update', view: await useModalAgain(context, call.by, parsed.data, outcome.message) };
  const form = outcome.code === OVERDUE ? await owedForm(context, call.by) : null;
  return form ?? underFields(outcome, fieldOf);
}

/** Nobody in an emergency has to look for the button: what got through is shown to who presses again. */
async function showTaken(
  context: VerbContext,
  { by, input }: SlackCall,
  number: number,
): Promise<SlackAnswer> {
  const use = await findNumbered(context, number);
  if (use === null) throw new TypeError(`there is no use #${number}`);
  return showCredential(context, use.id, { by, input: `${input}-show` });
}

const OVERDUE = 'break-glass.justification_overdue';
const FIELDS: Record<string, string> = {
  'break-glass.what_length': 'what',
  'break-glass.what_holds_secret': 'what',
  'break-glass.not_confirmed': 'confirmation',
  'break-glass.not_severe_enough': 'severity',
};
const fieldOf = (rule: string): string => FIELDS[rule] ?? 'system';

/** A form of one text about a use. */
function submitWords(verb: typeof justify | typeof standIn) {
  return async (context: VerbContext, { by, input, metadata, values, receivedAt }: SubmissionCall) => {
    const button = parseButton(metadata);
    if (button === null) return STALE;
    const written = await verb(context, button.id, { by, input, text: values['text'] ?? '', receivedAt });
    return underFields(written, () => 'text');
  };
}

async function submitReview(context: VerbContext, call: SubmissionCall): Promise<SlackAnswer> {
  const button = parseButton(call.metadata);
  if (button === null) return STALE;
  const { severity, detectedAt, description, impact, remediation, prevention } = call.values;
  const at = new Date(detectedAt ?? '');
  if (Number.isNaN(at.getTime()))
    return { show: 'errors', errors: { detectedAt: 'Write a time like 2026-01-31T09:40Z.' } };
  const parsed = IncidentRecord.safeParse({
    severity,
    detectedAt: at.toISOString(),
    description: description ?? '',
    impact: impact ?? '',
    remediation: remediation ?? '',
    prevention: prevention ?? '',
  });
  if (!parsed.success) return { show: 'errors', errors: fieldErrors(parsed.error.issues) };
  const ask = { by: call.by, input: call.input, record: parsed.data, over: button.seal };
  return underFields(await editReview(context, button.id, ask), () => 'description');
}
