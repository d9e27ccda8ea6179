import { ErrorCode } from '@slack/web-api';

/** The `error` member of a Slack Web API answer, e.g. `message_not_found`; null for anything else. */
export function slackErrorOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('data' in error)) return null;
  const { data } = error;
  return typeof data === 'object' && data !== null && 'error' in data && typeof data.error === 'string'
    ? data.error
    : null;
}

/** The seconds Slack asks to be left alone for, where that is its answer (HTTP 429); null for anything else. */
export function retryAfterOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('code' in error) || error.code !== ErrorCode.RateLimitedError)
    return null;
  return 'retryAfter' in error && typeof error.retryAfter === 'number' ? error.retryAfter : null;
}
