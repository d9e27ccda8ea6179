/** What is wrong with a payload: `pointer` as in RFC 6901, `rule` the limit's name in limits.json. */
export type Problem = {
  pointer: string;
  rule: string;
  /** Slack accepts what only has a `warning`; we do not send it. */
  severity: 'error' | 'warning';
  got?: unknown;
  limit?: unknown;
};

export type Report = (pointer: string, rule: string, got?: unknown, limit?: unknown) => void;

export type Fields = Record<string, unknown>;

/** A JSON object's fields; anything else has none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
