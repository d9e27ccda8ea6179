import { hash } from 'node:crypto';

/** RFC 6962 §2.1 with SHA-256. Proofs are verified as in RFC 9162 §2.1.3.2 and §2.1.4.2. */

export const HASH_BYTES = 32;
export const EMPTY_ROOT: Buffer = sha256(Buffer.alloc(0));

/** SHA-256(0x00 ‖ entry). The prefix keeps a node from passing as a leaf (attack 18). */
export function leafHash(entry: Uint8Array): Buffer {
  if (entry.length >= leaf.length) return sha256(Buffer.concat([leaf.subarray(0, 1), entry]));
  leaf.set(entry, 1);
  return sha256(leaf.subarray(0, 1 + entry.length));
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES)
    throw new RangeError('a node has two hashes below it');
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return sha256(node);
}

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
  let place = index;
  let last = size - 1;
  let reached: Buffer = Buffer.from(leaf);
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      reached = nodeHash(sibling, reached);
      while (!isOdd(place) && place !== 0) {
        place = half(place);
        last = half(last);
      }
    } else reached = nodeHash(reached, sibling);
    place = half(place);
    last = half(last);
  }
  return last === 0 && reached.equals(root);
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
  let place = from.size - 1;
  let last = to.size - 1;
  while (isOdd(place)) {
    place = half(place);
    last = half(last);
  }
  // A power of two is itself the subtree the proof starts from, and is left out of it.
  const [first, ...rest] = place === 0 ? [Buffer.from(from.root), ...proof] : proof;
  if (!first) return false;
  let fromRoot: Buffer = Buffer.from(first);
  let toRoot = fromRoot;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      fromRoot = nodeHash(sibling, fromRoot);
      toRoot = nodeHash(sibling, toRoot);
      while (!isOdd(place) && place !== 0) {
        place = half(place);
        last = half(last);
      }
    } else toRoot = nodeHash(toRoot, sibling);
    place = half(place);
    last = half(last);
  }
  return last === 0 && fromRoot.equals(from.root) && toRoot.equals(to.root);
}

// One buffer each for all calls: hashing is synchronous, and both run once for every entry ever verified.
const leaf = Buffer.alloc(65_536);
const node = Buffer.alloc(1 + 2 * HASH_BYTES, 0x01);

/** In one call and by way of latin1: measured, more than twice as fast as an incremental hash to a Buffer. */
function sha256(bytes: Uint8Array): Buffer {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'binary');
}

// Division, not shifts: those wrap at 2^32 (attack 18).
const half = (value: number): number => Math.floor(value / 2);
const isOdd = (value: number): boolean => value % 2 === 1;
const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const areHashes = (...hashes: readonly Uint8Array[]): boolean =>
  hashes.every((hash) => hash.length === HASH_BYTES);
