import { z } from 'zod';
import { type Outcome, ok, refused } from '../core/outcome.js';
import { findSecret } from '../intake/index.js';

/** Why somebody asks. No control characters but tab and line breaks: Postgres text cannot hold U+0000 or half a character, and a terminal obeys the rest. */
export const ReasonText = z
  .string()
  .trim()
  .max(2_000, 'Keep the reason under 2,000 characters.')
  .regex(/^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u, 'Remove the control characters from the reason.');

/** The key of a ticket or incident, as its tracker writes it. */
export const TicketText = z
  .string()
  .trim()
  .min(1)
  .max(100, 'Keep the ticket under 100 characters.')
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'Write the ticket on one line.');

const VOTE_REASON = ReasonText.max(900, 'Keep the reason under 900 characters.');

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
