/** What is wrong with a payload: `pointer` as in RFC 6901, `rule` the limit's name in limits.json. */
export type Problem = {
  pointer: string;
  rule: string;
  /** Slack accepts a `warning`; we do not send one. */
  severity: 'error' | 'warning';
  got?: unknown;
  limit?: unknown;
};
export type Payload = { message: unknown } | { view: unknown };
export function validatePayload(_payload: Payload): Problem[] {
  return [];
}
