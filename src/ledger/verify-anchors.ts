import type { ClientBase, Pool } from 'pg';
import type { Checkpoint } from '../core/checkpoint.js';
import type { TenantId } from '../core/tenant.js';
import type { Problem } from './check-chain.js';
import { type Edge, edgeRoot } from './tree.js';
import { isExtension } from './verify-range.js';

/** What an anchor outside the database keeps; `domain` names who would have to lie along. */
export interface AnchoredCheckpoint {
  anchor: string;
  domain: string;
  /** Null when it keeps none yet, or did not answer: it then counts for nothing. */
  checkpoint: Pick<Checkpoint, 'size' | 'root'> | null;
}

export interface AnchorVerdict {
  anchor: string;
  domain: string;
  size: number | null;
  agrees: boolean;
}

/** Whose word a verdict rests on besides this database's. */
export interface Quorum {
  agreeing: number;
  of: number;
  /** Of those that agree, each once: ten anchors of one owner are one domain. */
  domains: string[];
}

export function quorumOf(verdicts: readonly AnchorVerdict[]): Quorum {
  const agreeing = verdicts.filter((verdict) => verdict.agrees);
  const domains = [...new Set(agreeing.map(({ domain }) => domain))].sort();
  return { agreeing: agreeing.length, of: verdicts.length, domains };
}

/** Holds the recomputed tree against checkpoints from outside: attacks 4, 5, 8 and 9 end here. */
export function checkAnchors(anchored: readonly AnchoredCheckpoint[]) {
  const verdicts = anchored.map((each) => ({ ...each, agrees: false, isDone: each.checkpoint === null }));
  type Verdict = (typeof verdicts)[number];
  const judge = (verdict: Verdict, agrees: boolean, detail: string): Problem[] => {
    Object.assign(verdict, { agrees, isDone: true });
    return agrees ? [] : [{ seq: null, mechanism: 'anchor', detail: `${verdict.anchor} ${detail}` }];
  };
  return {
    compare(edge: Edge): Problem[] {
      return verdicts.flatMap((verdict) =>
        verdict.checkpoint?.size === edge.size
          ? judge(
              verdict,
              edgeRoot(edge).equals(verdict.checkpoint.root),
              `keeps another history of the first ${edge.size} entries`,
            )
          : [],
      );
    },
    /** Those whose size lies outside the range that was read: proved to be of the same tree, or not. */
    async finish(
      edge: Edge,
      log: { size: number; database: Pool | ClientBase; tenant: TenantId },
    ): Promise<Problem[]> {
      const here = { size: edge.size, root: edgeRoot(edge) };
      const problems: Problem[] = [];
      for (const verdict of verdicts) {
        const { checkpoint, isDone } = verdict;
        if (checkpoint === null || isDone) continue;
        const saw = `saw ${checkpoint.size} entries, the log ends at ${log.size}`;
        if (checkpoint.size > log.size)
          problems.push(...judge(verdict, false, saw).map((problem) => ({ ...problem, seq: log.size })));
        else
          problems.push(
            ...judge(
              verdict,
              await isExtension(log.database, log.tenant, [checkpoint, here]),
              `keeps a history of ${checkpoint.size} entries that is not of this tree`,
            ),
          );
      }
      return problems;
    },
    verdicts: (): AnchorVerdict[] =>
      verdicts.map(({ anchor, domain, checkpoint, agrees }) => ({
        anchor,
        domain,
        size: checkpoint?.size ?? null,
        agrees,
      })),
  };
}
