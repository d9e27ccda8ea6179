import { slackId } from './ids.js';

export type TriggerError = 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id';
export type Triggers = {
  mint(user: string): string;
  take(triggerId: unknown): { ok: true; user: string } | { ok: false; error: TriggerError };
};

/** Trigger ids as Slack hands them out: for one person, once, for `ttlMs` (three seconds at Slack). */
export function createTriggers(ttlMs: number): Triggers {
  const live = new Map<string, { user: string; mintedAt: number; used: boolean }>();
  return {
    mint(user) {
      const id = `${Date.now()}.${slackId('')}.${slackId('').toLowerCase()}`;
      live.set(id, { user, mintedAt: Date.now(), used: false });
      return id;
    },
    take(triggerId) {
      const trigger = typeof triggerId === 'string' ? live.get(triggerId) : undefined;
      if (!trigger) return { ok: false, error: 'invalid_trigger_id' };
      if (Date.now() - trigger.mintedAt > ttlMs) return { ok: false, error: 'expired_trigger_id' };
      if (trigger.used) return { ok: false, error: 'exchanged_trigger_id' };
      trigger.used = true;
      return { ok: true, user: trigger.user };
    },
  };
}
