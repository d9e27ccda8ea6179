import { PrincipalId } from '../../core/tenant.js';
import type { Values, VerbContext } from '../define.js';
import { fieldErrors, fieldShown, instantOf } from '../forms.js';
import { ticketIn } from '../reason.js';
import type { Draft } from './draft.js';
import { offeredTargets } from './offer.js';
import { AskInput } from './schemas.js';

/** What stands in the form's fields, whether or not it may be asked for. While no ticket is shown, the reason's counts. */
export const draftOfValues = (values: Values): Draft => ({
  people: listOf(values['people']).flatMap((id) => PrincipalId.safeParse(id).data ?? []),
  targets: listOf(values['targets']),
  uses: wholeOf(values['uses']),
  longestMinutes: wholeOf(values['minutes']),
  startsAt: instantOf(values['starts']),
  endsAt: instantOf(values['ends']),
  reason: values['reason'] ?? '',
  ticket: 'ticket' in values ? (values['ticket'] ?? '') : ticketIn(values['reason'] ?? ''),
  unclear: null,
});

const listOf = (value: string | null | undefined): string[] => (value ?? '').split(',').filter(Boolean);

function wholeOf(value: string | null | undefined): number | null {
  const number = Number(value ?? Number.NaN);
  return Number.isInteger(number) ? number : null;
}

type Read = { ok: true; asked: AskInput } | { ok: false; errors: Readonly<Record<string, string>> };

/** The form's fields as what is asked for, or what is wrong with each of them. */
export function readAsk(context: Pick<VerbContext, 'policy'>, by: PrincipalId, draft: Draft): Read {
  const chosen = offeredTargets(context, by).filter(({ value }) => draft.targets.includes(value));
  const [system, ...others] = new Set(chosen.map((one) => one.system));
  if (others.length > 0)
    return {
      ok: false,
      errors: { targets: 'Choose scopes of one system. Ask for a window for each system.' },
    };
  const parsed = AskInput.safeParse({
    people: draft.people,
    system: system ?? '',
    scopes: chosen.map(({ scope }) => scope),
    uses: draft.uses,
    longestMinutes: draft.longestMinutes,
    startsAt: draft.startsAt?.toISOString() ?? null,
    endsAt: draft.endsAt?.toISOString(),
    reason: draft.reason,
    ticket: draft.ticket.trim() === '' ? null : draft.ticket,
  });
  if (parsed.success) return { ok: true, asked: parsed.data };
  const places = { fields: FIELDS, otherwise: 'targets', hints: HINTS };
  return { ok: false, errors: fieldErrors(parsed.error.issues, places) };
}

const FIELDS: Record<string, string> = {
  people: 'people',
  uses: 'uses',
  longestMinutes: 'minutes',
  endsAt: 'ends',
  reason: 'reason',
  ticket: 'ticket',
};
const HINTS: Record<string, string> = {
  targets: 'Choose a system and scope.',
  uses: 'Give a whole number of uses, from 1 to 100.',
  minutes: 'Give whole minutes, at least 1.',
  ends: 'Say when it ends.',
};

/** Words of a rule's name, and the field that is about them. */
const ABOUT: readonly (readonly [word: string, field: string])[] = [
  ['people', 'people'],
  ['approvers', 'people'],
  ['uses', 'uses'],
  ['minutes', 'minutes'],
  ['end_', 'ends'],
  ['start', 'starts'],
  ['reason', 'reason'],
  ['ticket', 'ticket'],
];

/** The field a policy's refusal belongs under: of those shown. */
export const fieldOf = (values: Values) => fieldShown(values, ABOUT, 'targets');
