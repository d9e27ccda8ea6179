import { createHash } from 'node:crypto';

/** RFC 6962 §2.1 with SHA-256. Proofs are verified as in RFC 9162 §2.1.3.2 and §2.1.4.2. */

export const HASH_BYTES = 32;
export const EMPTY_ROOT = createHash('sha256').digest();

/** SHA-256(0x00 ‖ entry). The prefix keeps a node from passing as a leaf (attack 18). */
export const leafHash = (entry: Uint8Array): Buffer =>
  createHash('sha256').update(LEAF_PREFIX).update(entry).digest();

/** SHA-256(0x01 ‖ left ‖ right). */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer =>
  createHash('sha256').update(NODE_PREFIX).update(left).update(right).digest();

const LEAF_PREFIX = Buffer.from([0x00]);
const NODE_PREFIX = Buffer.from([0x01]);

/** True when `leaf` is at `index` of the tree of `size` leaves with this root. Anything malformed is false. */
export function verifyInclusion(claim: {
  leaf: Uint8Array;
  index: number;
  size: number;
  root: Uint8Array;
  proof: readonly Uint8Array[];
}): boolean {
  const { leaf, index, size, root, proof } = claim;
  if (!isSize(index) || !isSize(size) || index >= size || !areHashes(leaf, root, ...proof)) return false;
  let node = index;
  let last = size - 1;
  let hash: Buffer = Buffer.from(leaf);
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else hash = nodeHash(hash, sibling);
    node = half(node);
    last = half(last);
  }
  return last === 0 && hash.equals(root);
}

export interface TreeHead {
  size: number;
  root: Uint8Array;
}

/** True when the tree `to` only adds leaves to the tree `from`. Anything malformed is false, and so is an empty `from`. */
export function verifyConsistency(from: TreeHead, to: TreeHead, proof: readonly Uint8Array[]): boolean {
  if (!isSize(from.size) || !isSize(to.size) || from.size > to.size) return false;
  if (from.size === 0) return false;
  if (from.size === to.size) return proof.length === 0 && Buffer.from(from.root).equals(to.root);
  if (!areHashes(from.root, to.root, ...proof)) return false;
  let node = from.size - 1;
  let last = to.size - 1;
  while (isOdd(node)) {
    node = half(node);
    last = half(last);
  }
  // A power of two is itself the subtree the proof starts from, and is left out of it.
  const [first, ...rest] = node === 0 ? [Buffer.from(from.root), ...proof] : proof;
  if (!first) return false;
  let fromRoot: Buffer = Buffer.from(first);
  let toRoot = fromRoot;
  for (const hash of rest) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      fromRoot = nodeHash(hash, fromRoot);
      toRoot = nodeHash(hash, toRoot);
      while (!isOdd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else toRoot = nodeHash(toRoot, hash);
    node = half(node);
    last = half(last);
  }
  return last === 0 && fromRoot.equals(from.root) && toRoot.equals(to.root);
}

// Division, not shifts: those wrap at 2^32 (attack 18).
const half = (value: number): number => Math.floor(value / 2);
const isOdd = (value: number): boolean => value % 2 === 1;
const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const areHashes = (...hashes: readonly Uint8Array[]): boolean =>
  hashes.every((hash) => hash.length === HASH_BYTES);
