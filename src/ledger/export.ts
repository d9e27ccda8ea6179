import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { parseCheckpointText } from '../core/checkpoint.js';
import { decodeEntry } from '../core/entry.js';
import { parseNote } from '../core/note.js';
import type { TenantId } from '../core/tenant.js';
import { publishedLog } from './publish.js';
import { readEntries } from './read-entries.js';
import { parseStrictJson } from './strict-json.js';

/**
 * A whole log in one text, for scripts/verify-ledger.mjs: a header with the newest checkpoint, a line
 * `base64(entry) base64(leaf hash)` an entry, a trailer with the SHA-256 of all before it. Empty when nothing is signed.
 */
export async function* exportLog(pool: Pool, tenant: TenantId): AsyncGenerator<string> {
  const checkpoint = await publishedLog(pool, tenant).checkpoint();
  if (checkpoint === null) return;
  const { size } = parseCheckpointText(parseNote(checkpoint).text);
  const digest = createHash('sha256');
  const emit = (text: string) => {
    digest.update(text);
    return text;
  };
  yield emit(`${JSON.stringify({ format: 'countersign-export-v1', checkpoint })}\n`);
  for await (const page of readEntries(pool, tenant, { from: 0, to: size })) {
    const lines = page.map(
      ({ entry, leafHash }) => `${entry.toString('base64')} ${leafHash.toString('base64')}\n`,
    );
    yield emit(lines.join(''));
  }
  yield `${JSON.stringify({ entries: size, sha256: digest.digest('hex') })}\n`;
}

/** Entries as lines of JSON, payload inside, for a SIEM or a person; `seq` is the cursor. */
export async function* readEvents(
  pool: Pool,
  tenant: TenantId,
  range: { from: number; to: number },
): AsyncGenerator<string> {
  for await (const page of readEntries(pool, tenant, range)) {
    for (const { seq, entry, leafHash } of page) {
      const { timeMicros, payload } = decodeEntry(entry);
      const at = new Date(Number(timeMicros / 1000n)).toISOString();
      yield `${JSON.stringify({ seq, leaf: leafHash.toString('hex'), sequencedAt: at, event: parseStrictJson(payload) })}\n`;
    }
  }
}
