import { CountersignError } from './errors.js';
import { EMPTY_ROOT, HASH_BYTES, verifyConsistency, verifyInclusion } from './merkle.js';
import { type NoteSigner, parseNote, signNote, type VerifierKey, verifyNote } from './note.js';

/** What a log commits to (C2SP tlog-checkpoint). */
export interface Checkpoint {
  origin: string;
  size: number;
  root: Buffer;
}

/** The signed text: no extension lines, they are not auditable. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;

/** A whole note, one signature a signer. */
export function signCheckpoint(checkpoint: Checkpoint, signers: readonly NoteSigner[], at: Date): string {
  const text = checkpointText(checkpoint);
  return `${text}\n${signers.map((signer) => signNote(signer, text, at)).join('')}`;
}

/** Throws `checkpoint_malformed`: a size that is no plain decimal below 2^53, another root length, extension lines. */
export function parseCheckpointText(text: string): Checkpoint {
  const [, origin, digits, encoded] =
    /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n$/.exec(text) ?? [];
  const size = Number(digits);
  if (origin === undefined || encoded === undefined || !Number.isSafeInteger(size)) throw malformed();
  const root = Buffer.from(encoded, 'base64');
  if (root.length !== HASH_BYTES || root.toString('base64') !== encoded) throw malformed();
  return { origin, size, root };
}

/**
 * Opens a checkpoint under the log's keys, as the verifier holds them. Throws `checkpoint_untrusted` when none of them
 * signed or the origin is another, `note_forged` on a bad signature.
 */
export function openCheckpoint(
  note: string,
  log: { origin: string; keys: readonly VerifierKey[] },
): Checkpoint {
  const parsed = parseNote(note);
  const checkpoint = parseCheckpointText(parsed.text);
  const signed = verifyNote(parsed, log.keys).filter(({ key }) => key.type === 0x01);
  if (checkpoint.origin !== log.origin || signed.length === 0)
    throw new CountersignError('checkpoint_untrusted', 'The checkpoint is not signed by this log.');
  return checkpoint;
}

/** An off-line proof of one entry (C2SP tlog-proof). */
export interface LogProof {
  index: number;
  proof: readonly Buffer[];
  /** The signed note it leads to. */
  checkpoint: string;
}

export const formatLogProof = ({ index, proof, checkpoint }: LogProof): string =>
  [PROOF_HEADER, `index ${index}`, ...proof.map((hash) => hash.toString('base64')), '', checkpoint].join(
    '\n',
  );

/** Throws `proof_malformed`. */
export function parseLogProof(text: string): LogProof {
  const split = text.indexOf('\n\n');
  const [header, indexLine, ...hashes] = text.slice(0, Math.max(split, 0)).split('\n');
  const index = Number(/^index (0|[1-9][0-9]{0,15})$/.exec(indexLine ?? '')?.[1]);
  const proof = hashes.map((hash) => Buffer.from(hash, 'base64'));
  const exact = proof.every(
    (hash, at) => hash.length === HASH_BYTES && hash.toString('base64') === hashes[at],
  );
  if (header !== PROOF_HEADER || !Number.isSafeInteger(index) || !exact || proof.length > MAX_PROOF_HASHES)
    throw new CountersignError('proof_malformed', 'The log proof is malformed.');
  return { index, proof, checkpoint: text.slice(split + 2) };
}

/** The checkpoint under which `leaf` is in the log. Throws `proof_false` when the proof does not lead to its root. */
export function openLogProof(
  text: string,
  leaf: Uint8Array,
  log: { origin: string; keys: readonly VerifierKey[] },
): Checkpoint & { index: number } {
  const { index, proof, checkpoint: note } = parseLogProof(text);
  const checkpoint = openCheckpoint(note, log);
  if (!verifyInclusion({ leaf, index, size: checkpoint.size, root: checkpoint.root, proof }))
    throw new CountersignError('proof_false', 'The entry is not where the proof says.');
  return { ...checkpoint, index };
}

/**
 * What a checkpoint is to one who remembers another: `newer` (remember it), `stale` (older but of the same log: what it
 * proves is true, and nothing to remember), `forked` (an attack: stop). The proof leads from the smaller to the larger.
 */
export function compareCheckpoints(
  remembered: Checkpoint,
  seen: Checkpoint,
  proof: readonly Uint8Array[],
): 'same' | 'newer' | 'stale' | 'forked' {
  if (remembered.origin !== seen.origin) return 'forked';
  const [older, newer] = remembered.size <= seen.size ? [remembered, seen] : [seen, remembered];
  // Every log begins empty: nothing to be inconsistent with.
  const grewFromNothing =
    older.size === 0 && older.root.equals(EMPTY_ROOT) && (newer.size > 0 || newer.root.equals(EMPTY_ROOT));
  if (!grewFromNothing && !verifyConsistency(older, newer, proof)) return 'forked';
  if (remembered.size === seen.size) return 'same';
  return newer === seen ? 'newer' : 'stale';
}

const PROOF_HEADER = 'c2sp.org/tlog-proof@v1';
const MAX_PROOF_HASHES = 63;
const malformed = () => new CountersignError('checkpoint_malformed', 'The checkpoint is malformed.');
