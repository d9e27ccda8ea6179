import { join } from 'node:path';
import { z } from 'zod';
import { sha256Hex } from '../core/canonical.js';
import {
  type Checkpoint,
  compareCheckpoints,
  openCheckpoint,
  openLogProof,
  parseLogProof,
} from '../core/checkpoint.js';
import { decodeEntry } from '../core/entry.js';
import { leafHash } from '../core/merkle.js';
import { parseVerifierKey, type VerifierKey } from '../core/note.js';
import type { PacketPayload } from '../packet/index.js';
import { readDurable, writeDurably } from './durable-files.js';

/** `ledger-keys.json`: the log this doer trusts, as its administrator wrote it down; never taken from a packet. */
export const LedgerKeys = z.strictObject({
  v: z.literal(1),
  type: z.literal('ledger_keys'),
  origin: z.string().min(1),
  vkeys: z.array(z.string()).min(1),
});
export type LedgerKeys = z.infer<typeof LedgerKeys>;
export const LEDGER_KEYS_FILE = 'ledger-keys.json';

/** What travels with a packet that begins something: its entry, and where in the log that entry is. */
export const PacketProof = z.strictObject({ entry: z.base64(), proof: z.string().max(20_000) });
export type PacketProof = z.infer<typeof PacketProof>;

export type LogVerdict =
  | { ok: true }
  /** `not_logged`: no entry says this packet was signed. `log_forked`: two histories; somebody rewrote the log. */
  | { ok: false; code: 'not_logged' | 'log_forked'; why: string }
  /** The log did not answer; nothing is decided. */
  | { ok: null };

export interface LogWatch {
  check(payload: PacketPayload, envelope: Uint8Array, proof: unknown): Promise<LogVerdict>;
}

/** Public hashes that lead from the log of `from` entries to the log of `to`; throws when the log does not answer. */
export type FetchConsistency = (from: number, to: number) => Promise<readonly Buffer[]>;

/**
 * No act without its entry (rule 7). The entry must name this very envelope, be in the log under a checkpoint signed by
 * the log's own key, and that checkpoint must be of the same history as the newest one on this disk.
 */
export function watchLog(options: {
  keys: LedgerKeys;
  dataDir: string;
  fetchConsistency: FetchConsistency;
}): LogWatch {
  const log = { origin: options.keys.origin, keys: options.keys.vkeys.map(parseVerifierKey) };
  const file = join(options.dataDir, 'newest-checkpoint');
  let last: Promise<unknown> = Promise.resolve();
  return {
    // One after the other: two at once could put back an older checkpoint.
    check: (payload, envelope, proof) => {
      const verdict = last.then(() => check(payload, envelope, proof));
      last = verdict.catch(() => {});
      return verdict;
    },
  };

  async function check(payload: PacketPayload, envelope: Uint8Array, unparsed: unknown): Promise<LogVerdict> {
    const proof = PacketProof.safeParse(unparsed);
    if (!proof.success) return refuse('not_logged', 'no proof came with the packet');
    const opened = openProof(proof.data, log, { id: payload.id, envelope: sha256Hex(envelope) });
    if ('why' in opened) return refuse('not_logged', opened.why);
    const remembered = rememberedIn(file, log);
    if (remembered === null) return remember(file, opened.note);
    const [from, to] = [
      Math.min(remembered.size, opened.checkpoint.size),
      Math.max(remembered.size, opened.checkpoint.size),
    ];
    const path = from === to || from === 0 ? [] : await options.fetchConsistency(from, to).catch(() => null);
    if (path === null) return { ok: null };
    switch (compareCheckpoints(remembered, opened.checkpoint, path)) {
      case 'forked':
        return refuse('log_forked', `sizes ${from} and ${to} are not of one log`);
      case 'newer':
        return remember(file, opened.note);
      // Older, but of the same history: what it proves is in the newer log too.
      case 'stale':
      case 'same':
        return { ok: true };
    }
  }
}

type Log = { origin: string; keys: readonly VerifierKey[] };

const Payload = z.looseObject({ data: z.looseObject({ packet: z.string(), envelope: z.string() }) });

function openProof(
  proof: PacketProof,
  log: Log,
  expected: { id: string; envelope: string },
): { checkpoint: Checkpoint; note: string } | { why: string } {
  try {
    const entry = Buffer.from(proof.entry, 'base64');
    const { data } = Payload.parse(JSON.parse(Buffer.from(decodeEntry(entry).payload).toString('utf8')));
    if (data.packet !== expected.id || data.envelope !== expected.envelope)
      return { why: 'the entry is of another packet' };
    return {
      checkpoint: openLogProof(proof.proof, leafHash(entry), log),
      note: parseLogProof(proof.proof).checkpoint,
    };
  } catch (error) {
    return { why: error instanceof Error ? error.message : 'unreadable' };
  }
}

const rememberedIn = (file: string, log: Log): Checkpoint | null => {
  const note = readDurable(file);
  return note === null ? null : openCheckpoint(note.toString('utf8'), log);
};

/** Durable before the act: a doer that forgets could be shown another history after a crash. */
function remember(file: string, note: string): LogVerdict {
  writeDurably(file, note);
  return { ok: true };
}

const refuse = (code: 'not_logged' | 'log_forked', why: string): LogVerdict => ({ ok: false, code, why });
