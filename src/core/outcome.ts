/**
 * What a verb answers. A refusal is a value, not an exception: `code` is stable and asserted by tests, `message` is the
 * public sentence for the person who asked, and never holds internals.
 */
export type Outcome<T, Code extends string = string> =
  | { ok: true; value: T }
  | { ok: false; code: Code; message: string };

export const ok = <T>(value: T): { ok: true; value: T } => ({ ok: true, value });

export const refused = <Code extends string>(
  code: Code,
  message: string,
): { ok: false; code: Code; message: string } => ({
  ok: false,
  code,
  message,
});
