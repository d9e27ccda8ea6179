import { join } from 'node:path';
import { sha256Hex } from '../core/canonical.js';
import { type Checkpoint, parseCheckpointText } from '../core/checkpoint.js';
import type { Clock } from '../core/clock.js';
import { EMPTY_ROOT, verifyConsistency } from '../core/merkle.js';
import { type NoteSigner, parseNote, signNote, type VerifierKey, verifyNote } from '../core/note.js';
import { readNoteFile, writeNoteFile } from './note-file.js';

export interface WitnessOptions {
  signer: NoteSigner;
  /** The keys of each log it watches, by origin. */
  logs: ReadonlyMap<string, readonly VerifierKey[]>;
  /** What it cosigned last, one file a log. Whoever loses it must not invent it: see docs/ledger.md. */
  stateDirectory: string;
  clock: Clock;
}

export interface WitnessAnswer {
  status: 200 | 400 | 403 | 404 | 409 | 422;
  contentType: string;
  body: string;
}

export interface Witness {
  addCheckpoint(body: string): Promise<WitnessAnswer>;
  /** The newest note it cosigned of the log with this origin digest (SHA-256, hex), its cosignature included. */
  witnessed(originDigest: string): Promise<string | null>;
}

/**
 * A C2SP tlog-witness: it cosigns a checkpoint only when that adds to the last one it cosigned, so that a log which shows
 * two histories, or takes one back, finds no signature for the second (attacks 8 to 11).
 */
export function createWitness(options: WitnessOptions): Witness {
  // One at a time: between the comparison and the record nothing may slip in (tlog-witness, add-checkpoint).
  let turn: Promise<unknown> = Promise.resolve();
  return {
    addCheckpoint(body) {
      const answer = turn.then(() => consider(options, body));
      turn = answer.catch(() => {});
      return answer;
    },
    witnessed: async (originDigest) =>
      /^[0-9a-f]{64}$/.test(originDigest) ? readNoteFile(pathOf(options, originDigest)) : null,
  };
}

async function consider(
  { signer, logs, stateDirectory, clock }: WitnessOptions,
  body: string,
): Promise<WitnessAnswer> {
  const request = parseRequest(body);
  if (!request) return plain(400, 'malformed request');
  const { checkpoint, note, oldSize, proof } = request;
  const keys = logs.get(checkpoint.origin);
  if (!keys) return plain(404, 'unknown log');
  if (!isSignedBy(note, keys)) return plain(403, 'no signature by a key of this log');
  if (oldSize > checkpoint.size) return plain(400, 'the old size is larger than the checkpoint');
  const path = pathOf({ stateDirectory }, sha256Hex(checkpoint.origin));
  const last = await readLast(path, checkpoint.origin);
  if (oldSize !== last.size) return { status: 409, contentType: 'text/x.tlog.size', body: `${last.size}\n` };
  if (last.size === checkpoint.size && !last.root.equals(checkpoint.root))
    return plain(409, 'another root at this size');
  const adds = last.size === 0 ? proof.length === 0 : verifyConsistency(last, checkpoint, proof);
  if (!adds) return plain(422, 'the consistency proof does not verify');
  const line = signNote(signer, note.text, clock.now());
  await writeNoteFile(
    path,
    `${note.text}\n${note.signatures.map((each) => `${each.line}\n`).join('')}${line}`,
  );
  return plain(200, line);
}

function parseRequest(body: string) {
  const split = body.indexOf('\n\n');
  const [oldLine = '', ...hashes] = body.slice(0, Math.max(split, 0)).split('\n');
  const oldSize = Number(/^old (0|[1-9]\d{0,15})$/.exec(oldLine)?.[1]);
  const proof = hashes.map((hash) => Buffer.from(hash, 'base64'));
  const isExact = proof.every((hash, at) => hash.length === 32 && hash.toString('base64') === hashes[at]);
  if (!Number.isSafeInteger(oldSize) || !isExact || proof.length > 63) return null;
  try {
    const note = parseNote(body.slice(split + 2));
    return { note, checkpoint: parseCheckpointText(note.text), oldSize, proof };
  } catch {
    return null;
  }
}

function isSignedBy(note: ReturnType<typeof parseNote>, keys: readonly VerifierKey[]): boolean {
  try {
    return verifyNote(note, keys).some(({ key }) => key.type === 0x01);
  } catch {
    return false;
  }
}

const pathOf = ({ stateDirectory }: Pick<WitnessOptions, 'stateDirectory'>, originDigest: string): string =>
  join(stateDirectory, `${originDigest}.witnessed`);

async function readLast(path: string, origin: string): Promise<Checkpoint> {
  const note = await readNoteFile(path);
  return note === null ? { origin, size: 0, root: EMPTY_ROOT } : parseCheckpointText(parseNote(note).text);
}

const plain = (status: WitnessAnswer['status'], body: string): WitnessAnswer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body: body.endsWith('\n') ? body : `${body}\n`,
});
