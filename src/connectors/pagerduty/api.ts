import type { Clock } from '../../core/clock.js';

/** The PagerDuty REST API v2, or what speaks it. The token is a read-only one: nothing here writes. */
export interface PagerDutyOptions {
  url: string;
  token: string;
  clock: Clock;
  /** Told why an answer could not be had. */
  onFault?: (fault: unknown) => void;
  /** For one question, all its pages; a second and a half unless told. */
  timeoutMilliseconds?: number;
}

/** Somebody waits meanwhile, for a form of Slack or with a fire. */
export const inPatience = ({ timeoutMilliseconds = 1_500 }: PagerDutyOptions): AbortSignal =>
  AbortSignal.timeout(timeoutMilliseconds);

export async function read(
  { url, token }: PagerDutyOptions,
  path: string,
  query: Record<string, string> | URLSearchParams,
  signal: AbortSignal,
): Promise<unknown> {
  const answer = await fetch(`${url.replace(/\/$/, '')}${path}?${new URLSearchParams(query)}`, {
    headers: { accept: 'application/vnd.pagerduty+json;version=2', authorization: `Token token=${token}` },
    signal,
  });
  if (!answer.ok) throw new Error(`PagerDuty answered ${answer.status} to ${path}`);
  return answer.json();
}
