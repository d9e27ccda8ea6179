import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { sha256Hex } from '../core/canonical.js';
import { parseCheckpointText } from '../core/checkpoint.js';
import { decodeEntry } from '../core/entry.js';
import { parseNote } from '../core/note.js';
import { parseStrictJson } from '../core/strict-json.js';
import type { TenantId } from '../core/tenant.js';
import { minIndex } from './min-index.js';
import { publishedLog } from './publish.js';
import { readEntries } from './read-entries.js';
import { readTree, storedTiles } from './tree-reader.js';

/**
 * A whole log in one text, for scripts/verify-ledger.mjs: a header with the newest checkpoint and, where entries were
 * pruned, the subtrees they hash to; a line `base64(entry) base64(leaf hash)` an entry; a trailer with the SHA-256 of the
 * header and of all before it. Empty when nothing is signed.
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
  const first = await minIndex(pool, tenant);
  const edge = (await readTree(storedTiles(pool, tenant), first).edge()).map((node) =>
    node.toString('base64'),
  );
  const header = `${JSON.stringify({ format: 'countersign-export-v2', checkpoint, first, edge })}\n`;
  yield emit(header);
  for await (const page of readEntries(pool, tenant, { from: first, to: size })) {
    const lines = page.map(
      ({ entry, leafHash }) => `${entry.toString('base64')} ${leafHash.toString('base64')}\n`,
    );
    yield emit(lines.join(''));
  }
  const sums = { header: sha256Hex(header), sha256: digest.digest('hex') };
  yield `${JSON.stringify({ entries: size - first, ...sums })}\n`;
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
