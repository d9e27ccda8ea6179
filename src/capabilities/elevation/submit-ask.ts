import { ok } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { type Answered, underFields } from '../button.js';
import type { SlackAnswer, SubmissionCall, VerbContext } from '../define.js';
import { draftOfValues, fieldOf, formState, missingSubject, readAsk } from './ask-form.js';
import { askModal, type FormState, NEW_FORM } from './ask-modal.js';
import { readBeside } from './beside.js';
import type { Draft } from './draft.js';
import { edit } from './edit.js';
import type { Other } from './facts.js';
import { requestElevation } from './request.js';
import type { AskTerms } from './schemas.js';
import { onCurrent } from './stored.js';

/** The form for a draft, with what the person should know of their other requests for the same. */
export async function openAsk(context: VerbContext, by: PrincipalId, draft: Draft): Promise<SlackAnswer> {
  const [system, scope] = (draft.target ?? '').split('/');
  const form = { ...NEW_FORM, opens: [...draft.opens] };
  if (system === undefined || scope === undefined)
    return { show: 'modal', view: askModal(context, by, draft, form) };
  const same = await sameAs(context, by, { system, scope, subject: draft.subject });
  return { show: 'modal', view: askModal(context, by, draft, seen(form, same), noticesOf(same)) };
}

/** Submit of the form: a new request, or an edit of one that waits. All that is wrong is said at once. */
export async function submitAsk(context: VerbContext, call: SubmissionCall): Promise<SlackAnswer> {
  const { by } = call;
  const form = formState(call.metadata);
  const draft = draftOfValues(context, call.values);
  const read = readAsk(draft, form.beside);
  const missing = missingSubject(form, call.values);
  if (!read.ok) return { show: 'errors', errors: { ...read.errors, ...missing } };
  if (Object.keys(missing).length > 0) return { show: 'errors', errors: missing };
  if (form.edits !== null) return saveEdit(context, call, { id: form.edits, form, draft, asked: read.asked });
  const same = await sameAs(context, by, read.asked);
  const outcome: Answered = await requestElevation(context, { ...call, asked: read.asked });
  const unseen = same.filter(({ number }) => !form.beside.includes(number));
  if (outcome.ok && unseen.length > 0)
    return { show: 'private', text: ['Your request is open.', ...noticesOf(unseen)].join('\n') };
  if (outcome.ok || !isOnlyDuplicate(outcome)) return underFields(outcome, fieldOf(call.values));
  return { show: 'update', view: askModal(context, by, draft, seen(form, same), noticesOf(same)) };
}

/** Save: what it would double is pointed out in the same form, and saving again is meant. */
async function saveEdit(
  context: VerbContext,
  call: SubmissionCall,
  { id, form, draft, asked }: { id: RequestId; form: FormState; draft: Draft; asked: AskTerms },
): Promise<SlackAnswer> {
  const outcome: Answered = await edit(context, id, { ...call, asked });
  if (outcome.ok || !isOnlyDuplicate(outcome)) return underFields(outcome, fieldOf(call.values));
  const same = await onCurrent(context, id, async ({ requester, subject, details }) =>
    ok(
      await readSame(context, { requester, subject, system: details.system, scope: asked.scope, except: id }),
    ),
  );
  if (!same.ok) return underFields(same, fieldOf(call.values));
  const view = askModal(context, call.by, draft, seen(form, same.value), noticesOf(same.value));
  return { show: 'update', view };
}

/** Submitting what was pointed out here is asking for it all the same. */
const seen = (form: FormState, same: readonly Other[]): FormState => ({
  ...form,
  beside: same.map(({ number }) => number).slice(0, 50),
});

const isOnlyDuplicate = ({ code, reasons = [] }: Extract<Answered, { ok: false }>): boolean =>
  code === 'elevation.duplicate' && reasons.length === 1;

const sameAs = (
  context: VerbContext,
  by: PrincipalId,
  { system, scope, subject }: Pick<AskTerms, 'system' | 'scope' | 'subject'>,
) => readSame(context, { requester: by, subject: subject ?? by, system, scope, except: null });

async function readSame(
  context: VerbContext,
  which: Omit<Parameters<typeof readBeside>[1], 'words' | 'acknowledged'>,
): Promise<readonly Other[]> {
  return (await readBeside(context, { ...which, words: null, acknowledged: [] })).same;
}

/** What the person should know before they ask for the same again. */
const noticesOf = (same: readonly Other[]): string[] =>
  same
    .toSorted((a, b) => a.number - b.number)
    .map(({ number, state }) =>
      state === 'active'
        ? `This access is in force already as #${number}. What is asked for now comes beside it.`
        : `#${number} asks for the same and is still open. Submit only if both are needed.`,
    )
    .slice(0, 5);
