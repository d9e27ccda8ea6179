import { z } from 'zod';
import { type Outcome, ok, refused } from '../core/outcome.js';
import { findSecret } from '../intake/index.js';
import { type Decision, refusals } from '../policy/index.js';

/** In UTF-16 units, as forms count. */
export const LONGEST_REASON = 2_000;

/**
 * Why somebody asks. No control characters but tab and line breaks: Postgres text cannot hold U+0000 or half a
 * character, and a terminal obeys the rest.
 */
export const ReasonText = z
  .string()
  .trim()
  .max(LONGEST_REASON, 'Keep the reason under 2,000 characters.')
  .regex(/^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u, 'Remove the control characters from the reason.');

/** The key of a ticket or incident, as its tracker writes it. */
export const TicketText = z
  .string()
  .trim()
  .min(1)
  .max(100, 'Keep the ticket under 100 characters.')
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'Write the ticket on one line.');

const VOTE_REASON = ReasonText.max(900, 'Keep the reason under 900 characters.');

/**
 * Free text that others read, held against what looks like a secret before anything is stored (rule 15): a refusal of
 * every text that does, by its field's name; null where none does.
 */
export function refuseSecrets(
  capability: string,
  texts: Readonly<Record<string, string | null>>,
): Decision<'deny'> | null {
  const found = Object.entries(texts).flatMap(([field, text]) => {
    const secret = findSecret(text ?? '');
    return secret === null ? [] : [{ field, secret }];
  });
  if (found.length === 0) return null;
  return refusals(
    found.map(({ field, secret }) => ({
      rule: `${capability}.${field}_holds_secret`,
      message: `The ${field} seems to hold a secret (${secret}). Take it out, and rotate it if it is real.`,
    })),
  );
}

/** As most trackers write a ticket, e.g. `INC-1`. */
const TICKET = /\b[A-Z][A-Z0-9]{1,9}-\d{1,9}\b/u;

/** The ticket a reason names, where one is not given by itself; empty where none is. */
export const ticketIn = (reason: string): string => TICKET.exec(reason)?.[0] ?? '';

/** What a voter wrote, as it may be kept and shown; empty where nothing was. */
export function readReason(text: string): Outcome<string, 'reason_unfit' | 'reason_holds_secret'> {
  const read = VOTE_REASON.safeParse(text);
  if (!read.success) return refused('reason_unfit', read.error.issues[0]?.message ?? 'Write it anew.');
  return findSecret(read.data) === null
    ? ok(read.data)
    : refused('reason_holds_secret', 'The reason seems to hold a secret. Take it out.');
}

/** The reason of an ending. Taking access away waits for no wording (rule 2): what may not be kept is left out, and said so. */
export function reasonOfEnding(text: string): string {
  const read = readReason(text);
  return read.ok ? read.value : 'Left out: it seemed to hold a secret, or was too long.';
}
