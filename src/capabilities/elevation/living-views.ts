import { actions, button, inlineValue } from '../../blocks/index.js';
import { buttonValue } from '../button.js';
import type { Names, Surface } from '../define.js';
import { inThread, toPerson } from '../lines.js';
import { due, when } from '../wording.js';
import type { Elevation } from './schemas.js';
import { targetOf } from './target-of.js';

export const ACTIONS = {
  show: 'elevation.show_credential',
  end: 'elevation.end_now',
  revoke: 'elevation.revoke',
  again: 'elevation.request_again',
  story: 'elevation.show_story',
} as const;

/** What people hear while access is in force, beside its card. */
export const livingSurfaces = (request: Elevation, names: Names): Surface[] => [
  ...showingSurfaces(request, names),
  ...warningSurface(request, names),
];

/** For approvers and security: policy knows them when it is pressed. */
export const revokeButton = (request: Elevation) =>
  button({
    text: 'Revoke',
    actionId: ACTIONS.revoke,
    value: buttonValue(request),
    label: `Revoke access ${request.number} with a reason`,
  });

/** In App Homes, also of what is over. */
export const storyButton = (request: Elevation) =>
  button({
    text: 'Show Story',
    actionId: ACTIONS.story,
    value: buttonValue(request),
    label: `Show what became of request ${request.number}`,
  });

/** What its holder can do with access in force or being granted, and what stands beside it. */
export function holderButtons(request: Elevation, ...more: ReturnType<typeof button>[]) {
  const value = buttonValue(request);
  const isActive = request.state === 'active';
  if (isActive || request.state === 'executing')
    return [
      actions(`elevation-${request.id}-${request.version}`, [
        ...(isActive && request.details.login === null ? [showButton(value, request.number)] : []),
        endButton(value, request.number),
        ...more,
      ]),
    ];
  return [];
}

/** Only where the grant made an account: a person's own has nothing to show. */
const showButton = (value: string, number: number) =>
  button({
    text: 'Show Credential',
    actionId: ACTIONS.show,
    value,
    style: 'primary',
    label: `Show the credential of request ${number}`,
  });

const endButton = (value: string, number: number) =>
  button({ text: 'End Now', actionId: ACTIONS.end, value, label: `End access ${number} now` });

/** Each showing is a line in the thread and a message to its holder, who can end what they did not ask for (rule 9). */
function showingSurfaces(request: Elevation, names: Names): Surface[] {
  const value = buttonValue(request);
  return request.details.showings
    .filter((showing) => showing.shownAt !== null)
    .flatMap((showing, index): Surface[] => {
      const line = `Credential shown to ${names.mention(request.subject)} ${when(showing.shownAt)}. Any earlier one is dead.`;
      const live = request.state === 'active';
      const warning = `The credential of your access #${request.number} to ${inlineValue(names.system(request.details.system), 100)} was shown ${when(
        showing.shownAt,
      )}. If that was not you, ${live ? 'end it now' : 'tell security'}.`;
      const end = live
        ? [actions(`elevation-${request.id}-shown-${index}`, [endButton(value, request.number)])]
        : [];
      return [
        inThread(`shown:${showing.packetId}`, line),
        toPerson(`shown:${showing.packetId}`, request.subject, warning, end),
      ];
    });
}

/** Before the end its holder is told once, with one click to ask for more; afterwards the same message says it is over. */
function warningSurface(request: Elevation, names: Names): Surface[] {
  const { details, number, state } = request;
  if (details.warnedAt === null) return [];
  const what = `Your access #${number} to ${targetOf(request, names)}`;
  const isLive = state === 'active';
  const text = isLive
    ? `${what} ends ${due(details.grant?.expiresAt ?? null)}. Finish what you are doing, or ask for more now.`
    : `${what} is over.`;
  const value = buttonValue(request);
  const controls = actions(`elevation-${request.id}-ending`, [
    button({
      text: 'Request Again',
      actionId: ACTIONS.again,
      value,
      style: 'primary',
      label: `Ask again for access ${number}, on the same terms`,
    }),
    endButton(value, number),
  ]);
  return [toPerson('ending', request.subject, text, isLive ? [controls] : [])];
}
