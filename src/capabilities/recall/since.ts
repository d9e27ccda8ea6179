import { subMinutes } from 'date-fns/subMinutes';
import { z } from 'zod';
import { parseDuration } from '../../intake/index.js';

const Written = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** `3d`, `12h`, `2026-11-01` (its first second in UTC) or an RFC 3339 instant; null for anything else, or for the future. */
export function parseSince(text: string, now: Date): Date | null {
  const words = text
    .trim()
    .replace(/^since\b\s*/iu, '')
    .trim();
  const ago = /^\d+$/u.test(words) ? null : parseDuration(words);
  if (ago !== null) return subMinutes(now, ago);
  const written = Written.safeParse(words);
  if (!written.success) return null;
  const since = new Date(written.data);
  return since <= now ? since : null;
}
