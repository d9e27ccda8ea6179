import { decodeEntry, type Entry, genesisHash } from '../core/entry.js';
import { leafHash } from '../core/merkle.js';
import { appendLeaf, type Edge, edgeRoot, emptyEdge } from './tree.js';

/** What a check found. `mechanism` says which property caught it; `seq` is the entry, where one can be named. */
export interface Problem {
  seq: number | null;
  mechanism:
    | 'format'
    | 'leaf'
    | 'prev'
    | 'seq'
    | 'time'
    | 'head'
    | 'payload'
    | 'commitment'
    | 'policy-input'
    | 'sequenced'
    | 'trigger'
    | 'tile'
    | 'checkpoint'
    | 'anchor'
    | 'unledgered'
    | 'pruned';
  detail: string;
}

export interface StoredEntry {
  seq: number;
  entry: Buffer;
  /** The hash the database keeps beside the bytes; recomputed here and compared. */
  leafHash: Buffer;
  /** Already recomputed by whoever read the bytes. */
  leaf?: Buffer;
}

/** Recomputes leaves, chain and tree of a whole log, fed in seq order. */
export interface ChainCheck {
  /** The decoded entry, or null when its bytes cannot be one. */
  add(stored: StoredEntry): Entry | null;
  finish(head: { size: number; lastLeaf: Buffer; edge: Buffer }): Problem[];
  /** The tree over what was added, and the newest leaf (the genesis hash before any). */
  readonly edge: Edge;
  readonly leaf: Buffer;
}

/** Starts from the genesis, or after what `before` covers: the tree of the entries left of a range, and their last leaf. */
export function checkChain(origin: string, before?: { edge: Edge; leaf: Buffer }): ChainCheck {
  const edge = before?.edge ?? emptyEdge();
  const problems: Problem[] = [];
  const brokenAfter = new Set<number>();
  let prev: Buffer = before?.leaf ?? genesisHash(origin);
  let timeMicros = 0n;
  let next = edge.size;

  const decode = ({ seq, entry }: StoredEntry): Entry | null => {
    try {
      return decodeEntry(entry);
    } catch {
      problems.push({ seq, mechanism: 'format', detail: 'the bytes are not an entry' });
      return null;
    }
  };

  return {
    edge,
    get leaf() {
      return prev;
    },
    add(stored) {
      if (stored.seq !== next)
        problems.push({
          seq: next,
          mechanism: 'seq',
          detail: `entries ${next} to ${stored.seq - 1} are missing`,
        });
      const leaf = stored.leaf ?? leafHash(stored.entry);
      if (!leaf.equals(stored.leafHash))
        problems.push({ seq: stored.seq, mechanism: 'leaf', detail: 'the stored leaf hash is another' });
      const entry = decode(stored);
      if (entry) {
        if (entry.seq !== stored.seq)
          problems.push({ seq: stored.seq, mechanism: 'seq', detail: `the entry says it is ${entry.seq}` });
        if (stored.seq === next && !prev.equals(entry.prev)) brokenAfter.add(stored.seq - 1);
        if (entry.timeMicros < timeMicros)
          problems.push({ seq: stored.seq, mechanism: 'time', detail: 'older than the entry before it' });
        timeMicros = entry.timeMicros;
      }
      appendLeaf(edge, leaf);
      prev = leaf;
      next = stored.seq + 1;
      return entry;
    },
    finish(head) {
      if (head.size !== next)
        problems.push({
          seq: next,
          mechanism: 'head',
          detail: `the head says ${head.size} entries, they end at ${next}`,
        });
      else if (!prev.equals(head.lastLeaf)) brokenAfter.add(next - 1);
      if (!Buffer.concat(edge.nodes).equals(head.edge))
        problems.push({
          seq: null,
          mechanism: 'head',
          detail: `the head's tree is not that of the entries, whose root is ${edgeRoot(edge).toString('hex')}`,
        });
      return [...problems, ...locateBreaks(brokenAfter)];
    },
  };
}

/**
 * An entry changed in its payload breaks only the link after it; one changed in its `prev` breaks both its links. So of
 * two neighbouring breaks the second names the entry.
 */
function locateBreaks(brokenAfter: ReadonlySet<number>): Problem[] {
  const seqs = new Set(
    [...brokenAfter].map((seq) => (brokenAfter.has(seq + 1) ? seq + 1 : Math.max(seq, 0))),
  );
  return [...seqs].map((seq) => ({
    seq,
    mechanism: 'prev',
    detail: 'its hash is not the one its successor chained',
  }));
}
