import type { PrincipalId } from '../../core/tenant.js';
import { type Answered, underFields } from '../button.js';
import type { SlackAnswer, SlackHandlers, VerbContext } from '../define.js';
import { draftOfValues, fieldOf, formState, readAsk } from './ask-form.js';
import { askModal, NEW_FORM } from './ask-modal.js';
import { type Beside, readBeside } from './beside.js';
import type { Draft } from './draft.js';
import { edit } from './edit.js';
import { requestElevation } from './request.js';
import type { AskTerms } from './schemas.js';

type Submission = Parameters<SlackHandlers['submissions'][number]['run']>[1];

/** The form for a draft, with what the person should know of their other requests for the same. */
export async function openAsk(context: VerbContext, by: PrincipalId, draft: Draft): Promise<SlackAnswer> {
  const [system, scope] = (draft.target ?? '').split('/');
  if (system === undefined || scope === undefined)
    return { show: 'modal', view: askModal(context, by, draft) };
  const beside = await besideOf(context, by, { system, scope, subject: draft.subject });
  return {
    show: 'modal',
    view: askModal(context, by, draft, { ...NEW_FORM, beside: waitingIn(beside) }, noticesOf(beside)),
  };
}

const waitingIn = ({ same }: Beside): number[] =>
  same.filter(({ state }) => state !== 'active').map(({ number }) => number);

/** Submit of the form: a new request, or an edit of one that waits. All that is wrong is said at once. */
export async function submitAsk(context: VerbContext, call: Submission): Promise<SlackAnswer> {
  const form = formState(call.metadata);
  const draft = draftOfValues(context, call.by, call.values);
  const read = readAsk(draft, form.beside);
  if (!read.ok) return { show: 'errors', errors: read.errors };
  const ask = { by: call.by, input: call.input, asked: read.asked };
  const outcome: Answered =
    form.edits === null ? await requestElevation(context, ask) : await edit(context, form.edits, ask);
  if (outcome.ok || !isOnlyDuplicate(outcome)) return underFields(outcome, fieldOf(call.values));
  const beside = await besideOf(context, call.by, read.asked);
  const shown = { ...form, beside: waitingIn(beside) };
  return { show: 'update', view: askModal(context, call.by, draft, shown, noticesOf(beside)) };
}

const isOnlyDuplicate = ({ code, reasons = [] }: Extract<Answered, { ok: false }>): boolean =>
  code === 'elevation.duplicate' && reasons.length === 1;

const besideOf = (
  context: VerbContext,
  by: PrincipalId,
  asked: Pick<AskTerms, 'system' | 'scope' | 'subject'>,
) =>
  readBeside(context, {
    requester: by,
    subject: asked.subject ?? by,
    system: asked.system,
    scope: asked.scope,
    except: null,
    acknowledged: [],
  });

/** What the person should know before they ask for the same again. */
export const noticesOf = ({ same }: Beside): string[] =>
  same
    .toSorted((a, b) => a.number - b.number)
    .map(({ number, state }) =>
      state === 'active'
        ? `You hold this access already as #${number}. What you ask for now comes beside it.`
        : `#${number} asks for the same and is not answered yet. Submit only if you want both.`,
    )
    .slice(0, 5);
