import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CountersignError } from '../core/errors.js';
import { PacketId, RequestId } from '../core/tenant.js';
import { readFiles, removeDurably, writeDurably } from './durable-files.js';
import { GlassRecord } from './glass/record.js';
import { GrantRecord } from './grant-record.js';
import { birthOf } from './process-birth.js';

const Tombstone = z.strictObject({
  requestId: RequestId,
  system: z.string(),
  createdAt: z.string().nullable(),
  endedAt: z.string(),
});
export type Tombstone = z.infer<typeof Tombstone>;

/**
 * The doer's own disk: ends it owes, grants it ended, receipts not yet handed over. With it the doer needs neither our
 * database nor anybody's word to end what it began (rule 12).
 */
export interface Disk {
  /** Survives restarts, so that a restarted doer takes up its own packets at once. */
  readonly holder: string;
  owed(requestId: RequestId): GrantRecord | undefined;
  allOwed(): readonly GrantRecord[];
  saveOwed(record: GrantRecord): void;
  /** Break-glass uses, those proved ended included. */
  glassOf(requestId: RequestId): GlassRecord | undefined;
  allGlass(): readonly GlassRecord[];
  saveGlass(record: GlassRecord): void;
  /** Proved ended here, and not yet known to the other doers. */
  unsharedProofs(): readonly GlassRecord[];
  markProofShared(requestId: RequestId): void;
  tombstoneOf(requestId: RequestId): Tombstone | undefined;
  /** Grants of a system begun since, ended ones included. */
  begunSince(system: string, since: Date): number;
  /** The tombstone first, then what is owed: a crash in between ends twice rather than never. */
  bury(tombstone: Tombstone): void;
  /** Buried here, and not yet known to the other doers. */
  unsharedTombstones(): readonly RequestId[];
  markShared(requestIds: readonly RequestId[]): void;
  /** The end is proved; what was owed is paid. */
  settle(requestId: RequestId): void;
  saveReceipt(packetId: PacketId, bytes: Uint8Array): void;
  pendingReceipts(): ReadonlyMap<PacketId, Uint8Array>;
  dropReceipt(packetId: PacketId): void;
  /** Another process may take the directory. */
  release(): void;
}

/** Throws `data_dir_in_use` when another live doer has the directory. */
export function openDisk(directory: string, onUnreadable: (file: string) => void): Disk {
  const at = (...names: string[]): string => join(directory, ...names);
  for (const name of ['owed', 'glass', 'tombstones', 'receipts'])
    mkdirSync(at(name), { recursive: true, mode: 0o700 });
  takeDirectory(at('doer.pid'));
  const owed = load(at('owed'), GrantRecord, onUnreadable);
  const glass = load(at('glass'), GlassRecord, onUnreadable);
  const tombstones = load(at('tombstones'), Tombstone, onUnreadable);
  const receipts = new Map<PacketId, Uint8Array>(
    [...readFiles(at('receipts'))].map(([name, bytes]) => [PacketId.parse(name), bytes]),
  );
  // Which were shared before a restart is not kept; sharing repeats safely.
  const unshared = new Set(tombstones.keys());
  const unsharedProofs = new Set([...glass.values()].filter(isOver).map(({ requestId }) => requestId));
  return {
    holder: holderId(at('holder')),
    owed: (requestId) => owed.get(requestId),
    allOwed: () => [...owed.values()],
    saveOwed(record) {
      writeDurably(at('owed', record.requestId), JSON.stringify(record));
      owed.set(record.requestId, record);
    },
    glassOf: (requestId) => glass.get(requestId),
    allGlass: () => [...glass.values()],
    saveGlass(record) {
      writeDurably(at('glass', record.requestId), JSON.stringify(record));
      glass.set(record.requestId, record);
      if (isOver(record)) unsharedProofs.add(record.requestId);
      else unsharedProofs.delete(record.requestId);
    },
    unsharedProofs: () => [...unsharedProofs].flatMap((requestId) => glass.get(requestId) ?? []),
    markProofShared: (requestId) => {
      unsharedProofs.delete(requestId);
    },
    tombstoneOf: (requestId) => tombstones.get(requestId),
    begunSince: (system, since) => {
      const begun = (one: { system: string; createdAt: string | null }): boolean =>
        one.system === system && one.createdAt !== null && Date.parse(one.createdAt) >= since.getTime();
      const ended = [...tombstones.values()].filter((one) => !owed.has(one.requestId));
      return [...owed.values()].filter(begun).length + ended.filter(begun).length;
    },
    bury(tombstone) {
      if (tombstones.has(tombstone.requestId)) return;
      writeDurably(at('tombstones', tombstone.requestId), JSON.stringify(tombstone));
      tombstones.set(tombstone.requestId, tombstone);
      unshared.add(tombstone.requestId);
    },
    unsharedTombstones: () => [...unshared],
    markShared(requestIds) {
      for (const requestId of requestIds) unshared.delete(requestId);
    },
    settle(requestId) {
      removeDurably(at('owed', requestId));
      owed.delete(requestId);
    },
    saveReceipt(packetId, bytes) {
      writeDurably(at('receipts', packetId), bytes);
      receipts.set(packetId, bytes);
    },
    pendingReceipts: () => receipts,
    dropReceipt(packetId) {
      removeDurably(at('receipts', packetId));
      receipts.delete(packetId);
    },
    release: () => removeDurably(at('doer.pid')),
  };
}

const isOver = ({ state }: GlassRecord): boolean => state === 'rotated';

function load<T extends z.ZodType<{ requestId: RequestId }>>(
  directory: string,
  schema: T,
  onUnreadable: (file: string) => void,
): Map<RequestId, z.infer<T>> {
  const found = new Map<RequestId, z.infer<T>>();
  for (const [name, bytes] of readFiles(directory)) {
    try {
      const parsed = schema.parse(JSON.parse(bytes.toString('utf8')));
      found.set(parsed.requestId, parsed);
    } catch {
      onUnreadable(join(directory, name)); // the target itself still says when its account ends
    }
  }
  return found;
}

function holderId(file: string): string {
  if (!existsSync(file)) writeDurably(file, randomUUID());
  return z.uuid().parse(readFileSync(file, 'utf8'));
}

/** Two doers on one disk would take each other's packets for their own. */
function takeDirectory(pidFile: string): void {
  const [pid, birth] = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').split(' ') : [];
  const other = Number.parseInt(pid ?? '', 10);
  if (other > 0 && other !== process.pid && isAlive(other) && (birth ?? '') === birthOf(other))
    throw new CountersignError(
      'data_dir_in_use',
      `Another doer (process ${other}) uses this data directory.`,
    );
  writeDurably(pidFile, `${process.pid} ${birthOf(process.pid)}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
