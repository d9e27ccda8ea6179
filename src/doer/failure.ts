import { z } from 'zod';
import { CountersignError } from '../core/errors.js';

const Coded = z.object({ code: z.string() });

/** What may be logged of an error: codes. Messages of a database may quote what was sent to it. */
export function codeOf(error: unknown): string {
  if (error instanceof CountersignError)
    return error.detail === undefined ? error.code : `${error.code} (${error.detail})`;
  const coded = Coded.safeParse(error);
  if (coded.success) return coded.data.code;
  return error instanceof Error ? error.name : 'unknown';
}

/** True for what the target did or did not do, as against a fault of our own. */
export const isTargetError = (
  error: unknown,
): error is CountersignError<'target_unreachable' | 'target_refused'> =>
  error instanceof CountersignError &&
  (error.code === 'target_unreachable' || error.code === 'target_refused');
