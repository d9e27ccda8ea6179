import { z } from 'zod';

/** Why somebody asks. No control characters but tab and line breaks: Postgres text cannot hold U+0000, and a terminal obeys the rest. */
export const ReasonText = z
  .string()
  .trim()
  .max(2_000, 'Keep the reason under 2,000 characters.')
  .regex(/^(?:\P{Cc}|[\t\n\r])*$/u, 'Remove the control characters from the reason.');
