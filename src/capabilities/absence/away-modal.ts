import { input, modal, option, plainTextInput, section, selectAmong } from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { holdersOf, rolesOf } from '../principal-facts.js';
import { approverRoles } from './facts.js';

export const AWAY_MODAL = 'absence.begin';
export const DELEGATE = 'absence.delegate';
const NOBODY = '-';

type Context = Pick<VerbContext, 'policy'>;

/** `/away [3d]` → the form. */
export function awayModal(context: Context, by: PrincipalId, text: string) {
  if (sharedRoles(context, by).length === 0)
    return modal({
      callbackId: AWAY_MODAL,
      title: 'Away',
      blocks: [section('You approve nothing here, so nobody waits for you and nobody has to stand in.')],
    });
  return modal({
    callbackId: AWAY_MODAL,
    title: 'Away',
    submit: 'Save',
    blocks: [
      input({
        blockId: 'time',
        label: 'For how long',
        hint: 'Like 4h or 3d, at most 60d.',
        element: plainTextInput({ actionId: 'time', maxLength: 20, initial: text.trim() || '1d' }),
      }),
      input({
        blockId: 'delegate',
        label: 'Who is asked in your place',
        hint: 'They approve such requests already. Naming them gives them nothing new.',
        element: selectAmong({
          actionId: DELEGATE,
          options: delegatesOf(context, by).map(({ text: name, value }) => option(name, value)),
          initialValue: NOBODY,
        }),
      }),
      input({
        blockId: 'note',
        label: 'Note',
        hint: 'Whoever stands in reads this. No secrets.',
        optional: true,
        element: plainTextInput({ actionId: 'note', multiline: true, maxLength: 500 }),
      }),
    ],
  });
}

/** Whoever approves what this person approves, and that nobody is named. */
export function delegatesOf(context: Context, by: PrincipalId): { text: string; value: string }[] {
  const { people } = context.policy.organisation;
  const holders = new Set(holdersOf(context, sharedRoles(context, by)));
  return [
    { text: 'Nobody in particular', value: NOBODY },
    ...people
      .filter(({ id }) => id !== by && holders.has(id))
      .map(({ id, name }) => ({ text: name, value: id })),
  ];
}

function sharedRoles(context: Context, by: PrincipalId): string[] {
  const approving = approverRoles(context);
  return rolesOf(context, by).filter((role) => approving.includes(role));
}

export const delegateChosen = (value: string | null): string | null =>
  value === null || value === NOBODY ? null : value;
