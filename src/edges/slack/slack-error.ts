/** The `error` member of a Slack Web API answer, e.g. `message_not_found`; null for anything else. */
export function slackErrorOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('data' in error)) return null;
  const { data } = error;
  return typeof data === 'object' && data !== null && 'error' in data && typeof data.error === 'string'
    ? data.error
    : null;
}
