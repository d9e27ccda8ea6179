/** Slack's limit on posting: about one message a second a channel, with a little slack for bursts. */
export type Pace = { perSecond: number; burst: number };

/** A token bucket a channel. `take` gives 0 when the post may go, else the seconds to wait (Retry-After). */
export function createPacing(pace: Pace | undefined): { take(channel: string): number } {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(channel) {
      if (!pace) return 0;
      const now = Date.now();
      const bucket = buckets.get(channel) ?? { tokens: pace.burst, at: now };
      const tokens = Math.min(pace.burst, bucket.tokens + ((now - bucket.at) / 1000) * pace.perSecond);
      const allowed = tokens >= 1;
      buckets.set(channel, { tokens: allowed ? tokens - 1 : tokens, at: now });
      return allowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / pace.perSecond));
    },
  };
}
