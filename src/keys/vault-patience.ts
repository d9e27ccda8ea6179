import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { CountersignError } from '../core/errors.js';

export const AWAY = 'vault_away';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

/** What passes by itself: a standby that catches up, too many calls, a node that restarts or is sealed. */
const PASSING = new Set([412, 429, 472, 473, 500, 502, 503, 504]);

const Answered = z.object({ response: z.object({ statusCode: z.number(), body: z.unknown() }) });
const SaysSealed = z.object({
  errors: z.array(z.string()).refine((all) => all.some((one) => /sealed/i.test(one))),
});
const Unreached = z.object({ code: z.string().regex(/^[A-Z_]+$/) });

/** The status of a refusal by Vault; undefined when there was no answer. */
export const statusOf = (error: unknown): number | undefined =>
  Answered.safeParse(error).data?.response.statusCode;

/** Calls again while Vault is away or sealed, up to `deadline` on the monotonic clock; then throws `vault_away`. */
export async function patiently<T>(
  call: () => Promise<T>,
  given: { url: string; deadline: number; onWait: (why: string) => void },
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      const why = whyAway(error, new URL(given.url).host);
      if (why === null) throw error;
      const wait = Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS);
      if (performance.now() + wait > given.deadline) throw new CountersignError(AWAY, why);
      given.onWait(why);
      await delay(wait);
    }
  }
}

/** Null for a refusal, which waiting does not change. */
function whyAway(error: unknown, host: string): string | null {
  const answered = Answered.safeParse(error).data?.response;
  if (answered === undefined) {
    const code = Unreached.safeParse(error).data?.code;
    return `Vault at ${host} does not answer${code === undefined ? '' : ` (${code})`}: this process has no keys without it.`;
  }
  if (!PASSING.has(answered.statusCode)) return null;
  return SaysSealed.safeParse(answered.body).success
    ? `Vault at ${host} is sealed: unseal it, this process has no keys without it.`
    : `Vault at ${host} is not ready (status ${answered.statusCode}): this process has no keys without it.`;
}
