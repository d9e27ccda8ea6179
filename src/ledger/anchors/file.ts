import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openCheckpoint } from '../../core/checkpoint.js';
import type { VerifierKey } from '../../core/note.js';
import type { Anchor } from './anchor.js';

/**
 * An append-only file (`chattr +a`, a WORM mount, another machine's volume): signed notes one after another, each ended
 * by a line of `---`. As strong as what keeps the database's attacker from writing there.
 */
export function fileAnchor(options: {
  path: string;
  domain: string;
  /** Only notes under these count: a line someone else appended is no evidence. */
  keysOf: (origin: string) => Promise<readonly VerifierKey[]>;
}): Anchor {
  return {
    name: 'file',
    domain: options.domain,
    paceMilliseconds: 0,
    async submit({ note }) {
      await mkdir(dirname(options.path), { recursive: true });
      const file = await open(options.path, 'a', 0o600);
      try {
        await file.appendFile(`${note}${SEPARATOR}`);
        await file.sync();
      } finally {
        await file.close();
      }
      return null;
    },
    async newest(origin) {
      const text = await readFile(options.path, 'utf8').catch(() => '');
      return newestOf(text.split(SEPARATOR), { origin, keys: await options.keysOf(origin) });
    },
  };
}

/** The largest checkpoint of a log among texts, of which some may be cut short, foreign or forged. */
export function newestOf(notes: readonly string[], log: Parameters<typeof openCheckpoint>[1]) {
  return notes
    .map((note) => {
      try {
        return openCheckpoint(note, log);
      } catch {
        return null;
      }
    })
    .reduce((newest, each) => (each && each.size >= (newest?.size ?? 0) ? each : newest), null);
}

const SEPARATOR = '---\n';
