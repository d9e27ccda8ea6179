import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { canonicalJson, sha256Hex } from '../../src/core/canonical.js';
import { formatLogProof, signCheckpoint } from '../../src/core/checkpoint.js';
import { encodeEntry, genesisHash } from '../../src/core/entry.js';
import { leafHash, nodeHash } from '../../src/core/merkle.js';
import { type NoteSigner, verifierKeyOf } from '../../src/core/note.js';
import type { LedgerKeys, PacketProof } from '../../src/doer/logged.js';

/** A log as a packet's proof needs one, written after RFC 6962 §2.1 and not after our sequencer. */
export interface TestLog {
  keys: LedgerKeys;
  /** Serves `/consistency`; `silence` makes it answer 503. */
  url: string;
  silence(silent: boolean): void;
  /** Adds the entry of a signed packet and proves it under a checkpoint of that moment. */
  enter(packetId: string, envelope: Uint8Array): PacketProof;
  /** From here on another history of the same origin and key: what a thief of the key could write. */
  fork(): void;
  close(): Promise<void>;
}

const ORIGIN = 'countersign.log/T0TEST';

export async function startLog(): Promise<TestLog> {
  const signer: NoteSigner = {
    name: ORIGIN,
    type: 0x01,
    privateKey: generateKeyPairSync('ed25519').privateKey,
  };
  let leaves: Buffer[] = [];
  let silent = false;
  const add = (payload: string): Buffer => {
    const prev = leaves.at(-1) ?? genesisHash(ORIGIN);
    const entry = encodeEntry({ seq: leaves.length, timeMicros: 1n, prev, payload: Buffer.from(payload) });
    leaves.push(leafHash(entry));
    return entry;
  };
  add(canonicalJson({ type: 'organisation.applied' }));
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://log').searchParams;
    response.statusCode = silent ? 503 : 200;
    const proof = consistency(Number(query.get('from')), leaves.slice(0, Number(query.get('to'))), true);
    response.end(JSON.stringify(proof.map((hash) => hash.toString('base64'))));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    keys: { v: 1, type: 'ledger_keys', origin: ORIGIN, vkeys: [verifierKeyOf(signer)] },
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    silence: (to) => {
      silent = to;
    },
    enter: (packet, envelope) => {
      const entry = add(
        canonicalJson({ type: 'elevation.released', data: { packet, envelope: sha256Hex(envelope) } }),
      );
      const index = leaves.length - 1;
      const checkpoint = { origin: ORIGIN, size: leaves.length, root: root(leaves) };
      const proof = formatLogProof({
        index,
        proof: inclusion(index, leaves),
        checkpoint: signCheckpoint(checkpoint, [signer], new Date()),
      });
      return { entry: entry.toString('base64'), proof };
    },
    fork: () => {
      leaves = [];
      add(canonicalJson({ type: 'organisation.applied', rewritten: true }));
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The largest power of two below `count`. */
const split = (count: number): number => 2 ** Math.floor(Math.log2(count - 1));

function root(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only !== undefined && leaves.length === 1) return only;
  const at = split(leaves.length);
  return nodeHash(root(leaves.slice(0, at)), root(leaves.slice(at)));
}

function inclusion(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const at = split(leaves.length);
  return index < at
    ? [...inclusion(index, leaves.slice(0, at)), root(leaves.slice(at))]
    : [...inclusion(index - at, leaves.slice(at)), root(leaves.slice(0, at))];
}

function consistency(size: number, leaves: readonly Buffer[], whole: boolean): Buffer[] {
  if (size === leaves.length) return whole ? [] : [root(leaves)];
  const at = split(leaves.length);
  return size <= at
    ? [...consistency(size, leaves.slice(0, at), whole), root(leaves.slice(at))]
    : [...consistency(size - at, leaves.slice(at), false), root(leaves.slice(0, at))];
}
