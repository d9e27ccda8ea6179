import type { ClientBase, Pool } from 'pg';
import type { Entry } from '../core/entry.js';
import type { TenantId } from '../core/tenant.js';
import type { Problem, StoredEntry } from './check-chain.js';
import { edgeRoot } from './tree.js';
import {
  type AnchoredCheckpoint,
  type AnchorVerdict,
  checkAnchors,
  type Quorum,
  quorumOf,
} from './verify-anchors.js';
import { readExpectedEnd, readStoredHead } from './verify-head.js';
import { clampRange, type EntryRange, startChain } from './verify-range.js';

export interface ChainReport {
  ok: boolean;
  origin: string | null;
  /** Entries the log says it has. */
  size: number;
  /** What was recomputed: the first entry, and the one after the last. */
  range: EntryRange;
  /** Lower-case hex of the range's last leaf, and of the RFC 6962 root over everything up to it. */
  lastLeaf: string;
  root: string;
  /** In seq order; at most 100, the rest are counted. */
  problems: Problem[];
  problemCount: number;
  /** What lies outside this database and was compared; without any, only the database vouches for itself. */
  anchors: AnchorVerdict[];
  quorum: Quorum;
}

export interface ChainOptions {
  /** Which entries; all without it. */
  range?: Partial<EntryRange>;
  /** Checkpoints from outside the database. */
  anchored?: readonly AnchoredCheckpoint[];
  onProgress?: (progress: { checked: number; size: number }) => Promise<void>;
}

const PROBLEMS_SHOWN = 100;

/** Recomputes leaves, chain, gaps and tree of a log or a range of it, and holds them against its head and its anchors. */
export async function recompute(database: Pool | ClientBase, tenant: TenantId, options: ChainOptions) {
  const head = await readStoredHead(database, tenant);
  const { range, problems } = clampRange(options.range ?? {}, head);
  const { chain, damaged } = await startChain(database, tenant, {
    origin: head.origin ?? '',
    from: range.from,
  });
  problems.push(...damaged);
  const { edge } = chain;
  const outside = checkAnchors(options.anchored ?? []);
  return {
    head,
    range,
    chain,
    /** Of whoever checks more than this; the report tells of all. */
    problems,
    /** Entries of the range, in order. */
    add(stored: StoredEntry): Entry | null {
      const entry = chain.add(stored);
      problems.push(...outside.compare(edge));
      return entry;
    },
    tellProgress: async () => options.onProgress?.({ checked: edge.size, size: range.to }),
    /** Once all of the range was added. */
    async finish(): Promise<void> {
      if (head.origin !== null)
        problems.push(...chain.finish(await readExpectedEnd(database, tenant, { head, range, edge })));
      problems.push(...(await outside.finish(edge, { size: head.size, database, tenant })));
    },
    report(): ChainReport {
      const sorted = problems.toSorted(
        (left, right) => (left.seq ?? Number.MAX_SAFE_INTEGER) - (right.seq ?? Number.MAX_SAFE_INTEGER),
      );
      const anchors = outside.verdicts();
      return {
        ok: problems.length === 0,
        origin: head.origin,
        size: head.size,
        range,
        lastLeaf: chain.leaf.toString('hex'),
        root: edgeRoot(edge).toString('hex'),
        problems: sorted.slice(0, PROBLEMS_SHOWN),
        problemCount: problems.length,
        anchors,
        quorum: quorumOf(anchors),
      };
    },
  };
}
