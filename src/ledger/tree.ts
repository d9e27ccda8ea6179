import { EMPTY_ROOT, HASH_BYTES, nodeHash } from '../core/merkle.js';

/** Entries a partition: 256 full tiles of 256. */
export const RANGE_ENTRIES = 65_536;

/** The roots of the perfect subtrees along a tree's right edge, largest first: all a log needs to grow and to sign. */
export interface Edge {
  size: number;
  nodes: Buffer[];
}

export const emptyEdge = (): Edge => ({ size: 0, nodes: [] });

/** Grows the edge in place by one leaf; `onSubtree` hears of each perfect subtree that it completes, leaf (0) upward. */
export function appendLeaf(
  edge: Edge,
  leaf: Buffer,
  onSubtree?: (height: number, node: Buffer) => void,
): void {
  let node = leaf;
  let height = 0;
  onSubtree?.(height, node);
  // Each trailing one-bit of the old size is a full subtree that the new leaf completes into a larger one.
  for (let bits = edge.size; bits % 2 === 1; bits = Math.floor(bits / 2)) {
    const left = edge.nodes.pop();
    if (!left) throw new RangeError('edge is shorter than its size');
    node = nodeHash(left, node);
    height += 1;
    onSubtree?.(height, node);
  }
  edge.nodes.push(node);
  edge.size += 1;
}

/** The tree's root: the edge folded from the right. */
export function edgeRoot(edge: Edge): Buffer {
  return (
    edge.nodes.reduceRight<Buffer | null>((right, left) => (right ? nodeHash(left, right) : left), null) ??
    EMPTY_ROOT
  );
}

export const encodeEdge = (edge: Edge): Buffer => Buffer.concat(edge.nodes);

export function decodeEdge(size: number, bytes: Buffer): Edge {
  const nodes: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += HASH_BYTES)
    nodes.push(Buffer.from(bytes.subarray(at, at + HASH_BYTES)));
  return { size, nodes };
}
