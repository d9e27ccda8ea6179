export type Kind = 'events_api' | 'slash_commands' | 'interactive';

/** What the app answered: `acked` within three seconds, or why it did not. */
export type Answer =
  | { status: 'acked'; payload: unknown }
  | { status: 'timeout' }
  | { status: 'unreachable' };

export type Delivery = { deliver(kind: Kind, payload: unknown): Promise<Answer> };

/** How long Slack waits for an acknowledgement. */
export const ACK_MS = 3000;

/** When Slack sends an unacknowledged event again: at once, after a minute, after five. */
export const EVENT_RETRY_DELAYS_MS: readonly number[] = [0, 60_000, 300_000];
