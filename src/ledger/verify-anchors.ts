import type { Checkpoint } from '../core/checkpoint.js';
import { type Edge, edgeRoot } from './tree.js';
import type { Problem } from './verify-chain.js';

/** A checkpoint that an anchor outside the database keeps; `domain` names who would have to lie along. */
export interface AnchoredCheckpoint {
  anchor: string;
  domain: string;
  checkpoint: Pick<Checkpoint, 'size' | 'root'>;
}

export interface AnchorVerdict {
  anchor: string;
  domain: string;
  size: number;
  agrees: boolean;
}

/** Holds the recomputed tree against checkpoints from outside: attacks 4, 5, 8 and 9 end here. */
export function checkAnchors(anchored: readonly AnchoredCheckpoint[]) {
  const verdicts = anchored.map(({ anchor, domain, checkpoint }) => ({
    anchor,
    domain,
    checkpoint,
    agrees: checkpoint.size === 0,
  }));
  return {
    compare(edge: Edge): Problem[] {
      const problems: Problem[] = [];
      for (const verdict of verdicts) {
        if (verdict.checkpoint.size !== edge.size) continue;
        verdict.agrees = edgeRoot(edge).equals(verdict.checkpoint.root);
        if (!verdict.agrees)
          problems.push({
            seq: null,
            mechanism: 'anchor',
            detail: `${verdict.anchor} keeps another history of the first ${edge.size} entries`,
          });
      }
      return problems;
    },
    finish(size: number): Problem[] {
      return verdicts
        .filter(({ checkpoint }) => checkpoint.size > size)
        .map(({ anchor, checkpoint }) => ({
          seq: size,
          mechanism: 'anchor',
          detail: `${anchor} saw ${checkpoint.size} entries, the log ends at ${size}`,
        }));
    },
    verdicts: (): AnchorVerdict[] =>
      verdicts.map(({ anchor, domain, checkpoint, agrees }) => ({
        anchor,
        domain,
        size: checkpoint.size,
        agrees,
      })),
  };
}
