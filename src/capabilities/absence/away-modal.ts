import { input, modal, option, plainTextInput, section, staticSelect } from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { holdersOf } from '../principal-facts.js';
import { approverRoles } from './facts.js';

export const AWAY_MODAL = 'absence.begin';
const NOBODY = '-';

/** `/away [3d]` → the form. Only those who approve what this person approves are offered. */
export function awayModal(context: VerbContext, by: PrincipalId, text: string) {
  const { people } = context.policy.organisation;
  const roles = people.find((person) => person.id === by)?.roles ?? [];
  const shared = roles.filter((role) => approverRoles(context).includes(role));
  if (shared.length === 0)
    return modal({
      callbackId: AWAY_MODAL,
      title: 'Away',
      blocks: [section('You approve nothing here, so nobody waits for you and nobody has to stand in.')],
    });
  const nameOf = (id: PrincipalId) => people.find((person) => person.id === id)?.name ?? id;
  const delegates = holdersOf(context, shared).filter((person) => person !== by);
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
        element: staticSelect({
          actionId: 'delegate',
          options: [
            option('Nobody in particular', NOBODY),
            ...delegates.slice(0, 99).map((person) => option(nameOf(person), person)),
          ],
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

export const delegateChosen = (value: string | null): string | null =>
  value === null || value === NOBODY ? null : value;
