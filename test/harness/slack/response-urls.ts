import { randomUUID } from 'node:crypto';

/** Where an answer through a response_url goes; `messageTs` is the message it came from, if any. */
export type ResponseTarget = { channel: string; user: string; messageTs?: string; threadTs?: string };
export type ResponseUrls = {
  mint(target: ResponseTarget): string;
  take(id: string): ResponseTarget | undefined;
};

const USES = 5;
const TTL_MS = 30 * 60 * 1000;

/** Response URLs as Slack hands them out: five uses within thirty minutes. */
export function createResponseUrls(origin: string): ResponseUrls {
  const live = new Map<string, { target: ResponseTarget; mintedAt: number; uses: number }>();
  return {
    mint(target) {
      const id = randomUUID();
      live.set(id, { target, mintedAt: Date.now(), uses: 0 });
      return `${origin}/_hooks/response/${id}`;
    },
    take(id) {
      const entry = live.get(id);
      if (!entry || entry.uses >= USES || Date.now() - entry.mintedAt > TTL_MS) return undefined;
      entry.uses += 1;
      return entry.target;
    },
  };
}
