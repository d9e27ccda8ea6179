import { join } from 'node:path';
import type { ClientBase } from 'pg';
import { sha256Hex } from '../core/canonical.js';
import { parseCheckpointText } from '../core/checkpoint.js';
import { CountersignError } from '../core/errors.js';
import type { TreeHead } from '../core/merkle.js';
import { parseNote } from '../core/note.js';
import type { LogHead } from './batch.js';
import { readNoteFile, writeNoteFile } from './note-file.js';
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
    remember: (origin, note) => writeNoteFile(pathOf(origin), note),
    async recall(origin) {
      const note = await readNoteFile(pathOf(origin));
      const own = note === null ? [] : [readRemembered(note, pathOf(origin))];
      return [...own, ...(await elsewhere(origin))];
    },
  };
}

/** A log whose memory is lost may have been rolled back: not to be gone on with unless somebody says so. */
function readRemembered(note: string, path: string): TreeHead {
  try {
    return parseCheckpointText(parseNote(note).text);
  } catch (cause) {
    throw new CountersignError('ledger_halted', 'The newest checkpoint kept on this disk cannot be read.', {
      detail: path,
      cause,
    });
  }
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
