import { z } from 'zod';

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
