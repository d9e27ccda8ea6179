import type { Values } from './define.js';

/** The instant a date picker holds, in seconds since 1970; null while none is chosen. */
export function instantOf(seconds: string | null | undefined): Date | null {
  const instant = new Date(Number(seconds ?? Number.NaN) * 1_000);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

/** Where a fault of what is asked for is shown, and in whose words. */
interface Places {
  /** The field of a member; without one the member's own name, or `otherwise`. */
  fields?: Readonly<Record<string, string>>;
  otherwise?: string;
  /** What to say under a field in place of the schema's words. */
  hints?: Readonly<Record<string, string>>;
}

/** The first thing that is wrong with each field of a form. */
export function fieldErrors(
  issues: readonly { path: readonly PropertyKey[]; message: string }[],
  { fields = {}, otherwise, hints = {} }: Places = {},
): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { path, message } of issues) {
    const member = String(path[0]);
    const field = fields[member] ?? otherwise ?? member;
    errors[field] ??= hints[field] ?? message;
  }
  return errors;
}

/** The field that a rule's refusal belongs under, by a word of its name: of those shown, else `otherwise`. */
export const fieldShown =
  (values: Values, about: readonly (readonly [word: string, field: string])[], otherwise: string) =>
  (rule: string): string => {
    const field = about.find(([word]) => rule.includes(word))?.[1];
    return field !== undefined && field in values ? field : otherwise;
  };
