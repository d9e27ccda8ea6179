import { createHmac } from 'node:crypto';

export type Signed = { headers: Record<string, string>; body: string };

/**
 * Signs a delivery as Slack does (`v0`, HMAC-SHA256 over `v0:timestamp:body`). `at` is when Slack claims to send it: a
 * test delays or future-dates with it, forges with another secret, and replays by sending the result twice.
 *
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function signDelivery(options: {
  signingSecret: string;
  body: string;
  contentType: string;
  at?: Date;
}): Signed {
  const timestamp = String(Math.floor((options.at ?? new Date()).getTime() / 1000));
  const mac = createHmac('sha256', options.signingSecret);
  const signature = mac.update(`v0:${timestamp}:${options.body}`).digest('hex');
  return {
    body: options.body,
    headers: {
      'content-type': options.contentType,
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
    },
  };
}

/** The body of a slash command or an interaction as Slack's HTTP mode sends it. */
export function formBody(kind: 'slash_commands' | 'interactive', payload: unknown): string {
  if (kind === 'interactive') return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const form = new URLSearchParams();
  for (const [key, value] of Object.entries(payload ?? {})) form.append(key, String(value));
  return form.toString();
}
