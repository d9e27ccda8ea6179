import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientBase } from 'pg';
import { sha256Hex } from '../core/canonical.js';
import { parseCheckpointText } from '../core/checkpoint.js';
import { CountersignError } from '../core/errors.js';
import type { TreeHead } from '../core/merkle.js';
import { parseNote } from '../core/note.js';
import type { LogHead } from './batch.js';
import { readTree, storedTiles } from './tree-reader.js';

/** The newest checkpoint a log is known to have reached, kept where a restored database cannot take it back. */
export interface CheckpointMemory {
  remember(origin: string, note: string): Promise<void>;
  /** What any place outside the database knows: this process's disk, anchors, witnesses. */
  recall(origin: string): Promise<TreeHead[]>;
}

/** One file a log in a directory of the sequencer's own, and what `elsewhere` has seen. */
export function fileMemory(
  directory: string,
  elsewhere: (origin: string) => Promise<TreeHead[]> = async () => [],
): CheckpointMemory {
  const pathOf = (origin: string) => join(directory, `newest-${sha256Hex(origin).slice(0, 16)}.checkpoint`);
  return {
    async remember(origin, note) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const aside = `${pathOf(origin)}.next-${process.pid}`;
      await writeFile(aside, note, { mode: 0o600 });
      await rename(aside, pathOf(origin));
    },
    async recall(origin) {
      const note = await readFile(pathOf(origin), 'utf8').catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
        throw error;
      });
      const own = note === null ? [] : [parseCheckpointText(parseNote(note).text)];
      return [...own, ...(await elsewhere(origin))];
    },
  };
}

/**
 * A database behind what was already signed is a restored backup or a promoted replica that lagged (attack 12): to sign
 * on would fork the log under our own key. Throws `ledger_halted`; docs/ledger.md says what to do.
 */
export async function refuseRollback(
  client: ClientBase,
  head: LogHead,
  known: readonly TreeHead[],
): Promise<void> {
  for (const { size, root } of known) {
    if (size > head.size)
      throw new CountersignError('ledger_halted', 'The database is behind a checkpoint already signed.', {
        detail: `${head.origin}: ${head.size} entries, ${size} were signed`,
      });
    if (!(await readTree(storedTiles(client, head.tenant), size).root()).equals(root))
      throw new CountersignError(
        'ledger_halted',
        'The database holds another history than the one already signed.',
        {
          detail: `${head.origin} at size ${size}`,
        },
      );
  }
}
