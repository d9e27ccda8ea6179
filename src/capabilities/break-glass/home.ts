import { actions, section } from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { HomeItem, Names, VerbContext } from '../define.js';
import { when } from '../wording.js';
import type { Use } from './schemas.js';
import { openLoops } from './status.js';
import { endButton, showButton } from './use-view.js';
import { justificationButton } from './views.js';

/** Until when, or what it waits for. */
function standing({ state, details: { window } }: Use): string {
  if (state === 'rotation_unproven') return '*rotation not proved*';
  if (state === 'open') return `until ${when(window?.expiresAt ?? null)}`;
  return state === 'ending' ? 'ending' : 'being opened';
}

/** Open uses with their ends, and what is owed; for those who watch, everybody's. */
export async function home(
  context: VerbContext,
  person: PrincipalId,
  names: Names,
): Promise<readonly HomeItem[]> {
  const { uses, justifications, reviews } = await openLoops(context, person);
  return [
    ...uses.map((use): HomeItem => {
      const { system, account, window } = use.details;
      const isOwn = use.requester === person;
      const buttons = isOwn ? [showButton(use), endButton(use)] : [endButton(use)];
      return {
        section: 'access',
        at: new Date(window?.expiresAt ?? use.details.openedAt),
        blocks: [
          section(
            `*Break-glass* #${use.number} on *${names.system(system)}* (\`${account}\`) · ${names.mention(use.requester)} · ${standing(use)}`,
          ),
          ...(use.state === 'open' ? [actions(`break-glass-home-${use.id}-${use.version}`, buttons)] : []),
        ],
      };
    }),
    ...justifications.map((one): HomeItem => {
      const late =
        one.state === 'justification_overdue' ? '*overdue*' : `until ${when(one.details.deadline)}`;
      const text = `Justification #${one.number} of ${names.mention(one.requester)} for *${names.system(one.details.system)}* · ${late}`;
      return {
        section: 'waiting',
        at: one.createdAt,
        blocks: [section(text), ...(one.requester === person ? [justificationButton(one, 'home')] : [])],
      };
    }),
    ...reviews
      .filter((one) => one.details.owner === person || one.state === 'review_overdue')
      .map((one): HomeItem => {
        const late = one.state === 'review_overdue' ? '*overdue*' : `until ${when(one.details.dueBy)}`;
        return {
          section: 'waiting',
          at: one.createdAt,
          blocks: [
            section(
              `Review #${one.number} of break-glass on *${names.system(one.details.system)}*, owned by ${names.mention(one.details.owner)} · ${late}`,
            ),
          ],
        };
      }),
  ];
}
