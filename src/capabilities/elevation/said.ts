import { z } from 'zod';
import type { RequestEvent } from '../../ledger/index.js';
import type { Policy } from '../../policy/index.js';
import { stopSentence } from '../stop-words.js';
import type { Ending } from './ending.js';
import { ENTRYPOINT } from './stored.js';

/**
 * The sentences behind an entry's rule ids, which the entry does not hold: the rules are asked again with the input that
 * was kept. Empty where other rules are in force by now, and where the input is gone.
 */
export function said(
  policy: Policy,
  { decision, policyInput }: Pick<RequestEvent, 'decision' | 'policyInput'>,
): string[] {
  if (decision === null) return [];
  if (decision.policyDigest === ASKED_NONE) return decision.rules.flatMap((rule) => DUTIES[rule] ?? []);
  if (policyInput === null || decision.policyDigest !== policy.digest) return [];
  const again = policy.decide(ENTRYPOINT, z.json().parse(JSON.parse(policyInput)));
  if (again.effect !== decision.effect) return [];
  return again.reasons.filter(({ rule }) => decision.rules.includes(rule)).map(({ message }) => message);
}

/** What obliges us is in the code and in no policy (rule 2). */
const ASKED_NONE = 'none';

const ENDINGS: Record<Ending['reason'], string> = {
  expired: 'The time is over.',
  ended_early: 'Whoever has it gave it back.',
  revoked: 'It was revoked.',
  never_started: 'It was withdrawn before it could be used.',
  ticket_closed: 'Its ticket was closed.',
  frozen: stopSentence({ reason: 'frozen' }),
  deactivated: stopSentence({ reason: 'deactivated' }),
  contained: stopSentence({ reason: 'contained' }),
  recalled: stopSentence({ reason: 'recalled' }),
};

const DUTIES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(ENDINGS).map(([reason, words]) => [`elevation.${reason}`, words])),
  'elevation.cancel': 'Whoever asked does not want it any more.',
  'elevation.given_back': 'Whoever has it gave it back.',
  'elevation.ends_soon': 'The access ends soon.',
  'elevation.ticket_open': 'Its ticket is open.',
  'elevation.ticket_unknown':
    'The tracker does not say whether its ticket is open, which ends nothing early.',
  'elevation.end_sent': 'The executor is told to end it, until it is proved gone.',
  'elevation.nudged': 'Nobody has answered yet.',
  'elevation.pending_timeout': 'Nobody answered in time.',
  'elevation.slack_was_away': 'Slack was away, so nobody could answer.',
  'elevation.receipt': 'The executor proved it.',
  'elevation.release_refused': 'What was approved may not begin: the approval no longer holds.',
  'elevation.vote_withdrawn': 'Whoever approved does not any more.',
  'freeze.in_force': 'A vote counts no more: its account has no power.',
};
