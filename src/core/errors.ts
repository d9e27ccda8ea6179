/**
 * Something failed that nobody chose. `code` is stable; `message` is public; `detail` is for our own log and never shown.
 * Refusals are Outcomes (see outcome.ts), not errors.
 */
export class CountersignError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly detail: string | undefined;

  constructor(code: Code, message: string, options: { detail?: string; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.name = 'CountersignError';
    this.code = code;
    this.detail = options.detail;
  }
}

/** Ends an exhaustive switch: tsc refuses a call with anything left over. */
export function assertExhaustive(value: never): never {
  throw new CountersignError('unreachable', 'An unexpected value was met.', {
    detail: JSON.stringify(value),
  });
}
