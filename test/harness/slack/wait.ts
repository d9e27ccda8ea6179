import { setTimeout as pause } from 'node:timers/promises';

type Falsy = false | 0 | '' | null | undefined;

/** A probe of a whole house costs it as much as what it does meanwhile: the longer it takes, the less often it is asked. */
const SHORTEST_MS = 15;
const LONGEST_MS = 100;

/**
 * Asks `probe` until it gives something, then returns that. Throws after `deadlineMs` naming `what` was awaited.
 *
 *     const message = await waitUntil('an approval message', () => messages.find(isApproval));
 */
export async function waitUntil<T>(
  what: string,
  probe: () => T | Falsy | Promise<T | Falsy>,
  deadlineMs = 30_000,
): Promise<T> {
  const giveUpAt = Date.now() + deadlineMs;
  for (let restMs = SHORTEST_MS; ; restMs = Math.min(restMs * 1.2, LONGEST_MS)) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > giveUpAt) throw new Error(`Waited ${deadlineMs} ms in vain: ${what}.`);
    await pause(restMs);
  }
}
