import { PrincipalId } from '../../core/tenant.js';
import type { Values } from '../define.js';
import { fieldErrors, fieldShown, instantOf } from '../forms.js';
import { FormState, NEW_FORM } from './ask-modal.js';
import type { Draft } from './draft.js';
import { everyScope, type OfferContext, targetOfValue } from './offer.js';
import { AskInput, type AskTerms } from './schemas.js';

/** What the form carried along; a form that is not one of ours counts as a new one. */
export function formState(metadata: string): FormState {
  try {
    return FormState.parse(JSON.parse(metadata));
  } catch {
    return NEW_FORM;
  }
}

/** What stands in the form's fields, whether or not it may be asked for. */
export function draftOfValues(context: OfferContext, values: Values): Draft {
  const chosen = values['target'] ?? null;
  const { system, scope } = targetOfValue(everyScope(context), chosen ?? '');
  const minutes = Number(values['duration'] ?? '');
  return {
    target: chosen === null ? null : `${system}/${scope}`,
    durationMinutes: Number.isInteger(minutes) && minutes > 0 ? minutes : null,
    reason: values['reason'] ?? '',
    ticket: values['ticket'] ?? '',
    startAt: instantOf(values['start']),
    change: values['change'] ?? '',
    subject: PrincipalId.safeParse(values['subject']).data ?? null,
    opens: [],
    unclear: null,
  };
}

type Read = { ok: true; asked: AskTerms } | { ok: false; errors: Readonly<Record<string, string>> };

/** The form's fields as what is asked for, or what is wrong with each of them. */
export function readAsk(draft: Draft, beside: readonly number[]): Read {
  const [system, scope] = (draft.target ?? '').split('/');
  const parsed = AskInput.safeParse({
    system,
    scope,
    durationMinutes: draft.durationMinutes,
    reason: draft.reason,
    ticket: draft.ticket.trim() === '' ? null : draft.ticket,
    startAt: draft.startAt?.toISOString() ?? null,
    change: draft.change.trim() === '' ? null : draft.change,
    subject: draft.subject,
    beside,
  });
  if (parsed.success) return { ok: true, asked: parsed.data };
  const places = { fields: FIELDS, otherwise: 'target', hints: HINTS };
  return { ok: false, errors: fieldErrors(parsed.error.issues, places) };
}

/** What begins with `for` is never asked for oneself by leaving the name open. */
export function missingSubject({ opens }: FormState, values: Values): Record<string, string> {
  if (!opens.includes('subject') || values['subject']) return {};
  const field = 'subject' in values ? 'subject' : 'target';
  return { [field]: 'Choose whom it is for. For yourself, close this and ask without `for`.' };
}

const FIELDS: Record<string, string> = {
  durationMinutes: 'duration',
  reason: 'reason',
  ticket: 'ticket',
  change: 'change',
};
const HINTS: Record<string, string> = {
  target: 'Choose a system and scope.',
  duration: 'Give whole minutes, at least 1.',
};

/** Words of a rule's name, and the field that is about them. */
const ABOUT = [
  ['duration', 'duration'],
  ['reason', 'reason'],
  ['ticket', 'ticket'],
  ['start', 'start'],
  ['subject', 'subject'],
  ['change', 'change'],
] as const;

/** The field a policy's refusal belongs under: of those shown. */
export const fieldOf = (values: Values) => fieldShown(values, ABOUT, 'target');
