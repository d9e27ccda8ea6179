import type { Names, Stop } from './define.js';

const WHY: Record<Stop['reason'], string> = {
  frozen: 'the account was frozen',
  deactivated: 'the account was deactivated in Slack',
  contained: 'an incident is being contained',
  recalled: 'what the account did is being recalled',
};

/** Why, as what follows `because`. */
export const whyStopped = (reason: Stop['reason']): string => WHY[reason];

/** Why something was stopped, in a sentence of its own that holds no names, for details people will read. */
export const stopSentence = ({ reason }: Pick<Stop, 'reason'>): string => `Stopped: ${WHY[reason]}.`;

/** The same on a card: on whose word. */
export const stoppedBy = (stop: Stop, names: Names): string =>
  `Stopped${stop.by === null ? '' : ` by ${names.mention(stop.by)}`}, because ${WHY[stop.reason]}`;
