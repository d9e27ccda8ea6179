import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { CountersignError } from './errors.js';

/** Signed notes (C2SP signed-note): a text, a blank line, signature lines. */
export interface Note {
  /** Ends in a newline. */
  text: string;
  signatures: readonly { name: string; keyId: string; signature: Buffer; line: string }[];
}

/** Ed25519 over the text (0x01: logs), or over time and text (0x04: witnesses' cosignatures, C2SP tlog-cosignature). */
export type NoteKeyType = 0x01 | 0x04;

export interface VerifierKey {
  name: string;
  /** Eight hex digits: a hint which key signed, not an identity. */
  keyId: string;
  type: NoteKeyType;
  publicKey: KeyObject;
}

export interface NoteSigner {
  name: string;
  type: NoteKeyType;
  privateKey: KeyObject;
}

/** Throws `note_malformed`. */
export function parseNote(note: string): Note {
  const split = note.lastIndexOf('\n\n');
  if (split < 1 || !note.endsWith('\n') || note.length > MAX_NOTE_LENGTH || hasControls(note))
    throw malformed('shape');
  const lines = note.slice(split + 2, -1).split('\n');
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignature) };
}

/** Reads a verifier key, `name+keyid+base64(type ‖ key)`. Throws `vkey_malformed`. */
export function parseVerifierKey(vkey: string): VerifierKey {
  const [, name, keyId, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(vkey) ?? [];
  if (name === undefined || keyId === undefined || encoded === undefined) throw badKey(vkey);
  const bytes = Buffer.from(encoded, 'base64');
  const type = bytes[0];
  if ((type !== 0x01 && type !== 0x04) || bytes.toString('base64') !== encoded) throw badKey(vkey);
  if (keyIdOf(name, bytes) !== keyId) throw badKey(vkey);
  const publicKey = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, bytes.subarray(1)]),
    format: 'der',
    type: 'spki',
  });
  return { name, keyId, type, publicKey };
}

/** The verifier key of a signer, as a line to publish or to paste. */
export function verifierKeyOf(signer: NoteSigner): string {
  const encoded = typeAndKeyOf(signer);
  return `${signer.name}+${keyIdOf(signer.name, encoded)}+${encoded.toString('base64')}`;
}

/** One signature line over `text`, with its newline. A cosignature (0x04) states the time in seconds. */
export function signNote(signer: NoteSigner, text: string, at: Date): string {
  const keyId = keyIdOf(signer.name, typeAndKeyOf(signer));
  const seconds = Math.floor(at.getTime() / 1000);
  const signature = sign(null, signedBytes(signer.type, text, BigInt(seconds)), signer.privateKey);
  const stamp = Buffer.alloc(signer.type === 0x04 ? 8 : 0);
  if (stamp.length > 0) stamp.writeBigUInt64BE(BigInt(seconds));
  return `— ${signer.name} ${Buffer.concat([Buffer.from(keyId, 'hex'), stamp, signature]).toString('base64')}\n`;
}

/**
 * The trusted keys that signed this note; a cosignature gives its time. Unknown keys are passed over; a bad signature
 * by a known key throws `note_forged`.
 */
export function verifyNote(
  note: Note,
  trusted: readonly VerifierKey[],
): { key: VerifierKey; time: Date | null; line: string }[] {
  const found = new Map<string, { key: VerifierKey; time: Date | null; line: string }>();
  for (const { name, keyId, signature, line } of note.signatures) {
    const key = trusted.find((each) => each.name === name && each.keyId === keyId);
    if (!key) continue;
    const stampBytes = key.type === 0x04 ? 8 : 0;
    const seconds = stampBytes > 0 && signature.length > stampBytes ? signature.readBigUInt64BE() : 0n;
    const good =
      signature.length === stampBytes + 64 &&
      seconds <= MAX_SECONDS &&
      verify(null, signedBytes(key.type, note.text, seconds), key.publicKey, signature.subarray(stampBytes));
    if (!good) throw new CountersignError('note_forged', 'A signature does not verify.', { detail: name });
    found.set(`${name}+${keyId}`, {
      key,
      time: stampBytes > 0 ? new Date(Number(seconds) * 1000) : null,
      line,
    });
  }
  return [...found.values()];
}

const MAX_NOTE_LENGTH = 65_536;
const MAX_SECONDS = 8_640_000_000_000n;
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

const signedBytes = (type: NoteKeyType, text: string, seconds: bigint): Buffer =>
  Buffer.from(type === 0x04 ? `cosignature/v1\ntime ${seconds}\n${text}` : text, 'utf8');

/** Deriving the public half costs as much as signing: once a key is enough. */
const publicHalves = new WeakMap<KeyObject, Buffer>();

function typeAndKeyOf({ type, privateKey }: NoteSigner): Buffer {
  const known = publicHalves.get(privateKey);
  const raw =
    known ?? createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
  if (!known) publicHalves.set(privateKey, raw);
  return Buffer.concat([Buffer.of(type), raw]);
}

const keyIdOf = (name: string, typeAndKey: Uint8Array): string =>
  createHash('sha256').update(`${name}\n`, 'utf8').update(typeAndKey).digest('hex').slice(0, 8);

function parseSignature(line: string): Note['signatures'][number] {
  const [, name, encoded] = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
  if (name === undefined || encoded === undefined) throw malformed('signature line');
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length < 5 || bytes.toString('base64') !== encoded) throw malformed('signature');
  return { name, keyId: bytes.subarray(0, 4).toString('hex'), signature: bytes.subarray(4), line };
}

const hasControls = (text: string): boolean =>
  [...text].some((character) => character < ' ' && character !== '\n');
const malformed = (detail: string) =>
  new CountersignError('note_malformed', 'The signed note is malformed.', { detail });
const badKey = (vkey: string) =>
  new CountersignError('vkey_malformed', 'The verifier key is malformed.', { detail: vkey });
