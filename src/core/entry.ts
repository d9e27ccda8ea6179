import { createHash } from 'node:crypto';
import { CountersignError } from './errors.js';
import { HASH_BYTES } from './merkle.js';

/** "CSL1" ‖ u16 version ‖ u64 seq ‖ u64 time_µs ‖ prev(32) ‖ payload, big-endian, at most 65,535 bytes (tlog-tiles). */
export interface Entry {
  seq: number;
  timeMicros: bigint;
  /** The previous entry's leaf hash; the log's genesis hash for the first. One hash serves chain and tree. */
  prev: Uint8Array;
  /** The stored RFC 8785 bytes: hashed as they are, never re-serialised. */
  payload: Uint8Array;
}

const MAGIC = 0x43534c31; // "CSL1"
const VERSION = 1;
const VERSION_AT = 4;
const SEQ_AT = 6;
const TIME_AT = 14;
const PREV_AT = 22;
const PAYLOAD_AT = 54;
const MAX_ENTRY_BYTES = 65_535;

export const MAX_PAYLOAD_BYTES = MAX_ENTRY_BYTES - PAYLOAD_AT;

export function encodeEntry(entry: Entry): Buffer {
  if (entry.payload.length > MAX_PAYLOAD_BYTES)
    throw new CountersignError('ledger_entry_too_large', 'The event is too large for the ledger.');
  if (entry.prev.length !== HASH_BYTES) throw new RangeError('prev is a SHA-256 hash');
  const bytes = Buffer.allocUnsafe(PAYLOAD_AT + entry.payload.length);
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt16BE(VERSION, VERSION_AT);
  bytes.writeBigUInt64BE(BigInt(entry.seq), SEQ_AT);
  bytes.writeBigUInt64BE(entry.timeMicros, TIME_AT);
  bytes.set(entry.prev, PREV_AT);
  bytes.set(entry.payload, PAYLOAD_AT);
  return bytes;
}

/** Throws `ledger_entry_malformed` on anything this version did not write. */
export function decodeEntry(bytes: Uint8Array): Entry {
  const entry = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (entry.length < PAYLOAD_AT || entry.length > MAX_ENTRY_BYTES) throw malformed('length');
  if (entry.readUInt32BE(0) !== MAGIC) throw malformed('magic');
  if (entry.readUInt16BE(VERSION_AT) !== VERSION) throw malformed('version');
  const seq = entry.readUInt32BE(SEQ_AT) * 2 ** 32 + entry.readUInt32BE(SEQ_AT + 4);
  if (!Number.isSafeInteger(seq)) throw malformed('seq beyond 2^53');
  return {
    seq,
    timeMicros: entry.readBigUInt64BE(TIME_AT),
    prev: entry.subarray(PREV_AT, PAYLOAD_AT),
    payload: entry.subarray(PAYLOAD_AT),
  };
}

/** What the first entry of a log names as its predecessor; it ties the chain to the log's origin. */
export const genesisHash = (origin: string): Buffer =>
  createHash('sha256').update(`countersign-ledger-v1\n${origin}\n`, 'utf8').digest();

const malformed = (detail: string) =>
  new CountersignError('ledger_entry_malformed', 'A ledger entry is malformed.', { detail });
