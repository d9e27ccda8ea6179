import { ErrorCode } from '@slack/web-api';

/** The seconds Slack asks to be left alone for, where that is its answer (HTTP 429); null for anything else. */
export function retryAfterOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('code' in error) || error.code !== ErrorCode.RateLimitedError)
    return null;
  return 'retryAfter' in error && typeof error.retryAfter === 'number' ? error.retryAfter : null;
}
