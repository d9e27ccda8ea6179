import { type Outcome, ok, refused } from '../../core/outcome.js';
import { findSecret } from '../../intake/index.js';
import { ReasonText } from '../reason.js';

const SHORTEST = 20;

/** What somebody wrote about a use, as it may be kept and shown. */
export function readWords(text: string): Outcome<string> {
  const parsed = ReasonText.safeParse(text);
  if (!parsed.success)
    return refused('break-glass.text', parsed.error.issues[0]?.message ?? 'Write it anew.');
  if ([...parsed.data].length < SHORTEST)
    return refused(
      'break-glass.text',
      `Say in at least ${SHORTEST} characters why it was needed and what was done.`,
    );
  return findSecret(parsed.data) === null
    ? ok(parsed.data)
    : refused('break-glass.text', 'This seems to hold a secret. Take it out, and rotate it if it is real.');
}
