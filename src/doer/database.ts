import pg from 'pg';
import { z } from 'zod';
import { type PacketId, RequestId, type TenantId } from '../core/tenant.js';
import { GlassLine, GlassRecord } from './glass/record.js';
import { GrantRecord, type Membership } from './grant-record.js';
import * as sql from './sql.js';

const ReleasedPacket = z.object({
  id: z.string(),
  kind: z.string(),
  requestId: z.string(),
  system: z.string(),
  envelope: z.instanceof(Buffer),
  /** Its entry in the log and where that is; read by logged.ts. */
  proof: z.unknown(),
  /** Answered before and released again: send the same receipt (rule 8). */
  answered: z.boolean(),
});
export type ReleasedPacket = z.infer<typeof ReleasedPacket>;

const Holder = z.object({ requestId: RequestId, lapsed: z.boolean() });
export type Holder = z.infer<typeof Holder>;

/** How long another doer that has the same membership in hand may keep an end waiting; it is done anyway then (rule 2). */
const LOCK_SECONDS = 5;

/** Our database as the doer sees it: packets to read, an inbox to write, and its own schema. Every call may throw. */
export interface DoerDatabase {
  /** The next to answer, of whatever age, ends first, but for those `without`. Reads nothing of what is settled. */
  findReleased(without: readonly string[]): Promise<ReleasedPacket[]>;
  /** True when it is ours to answer now: nobody did, and nobody alive has it in hand. */
  claim(id: string): Promise<boolean>;
  renew(ids: readonly string[]): Promise<void>;
  resend(id: string): Promise<void>;
  findGrant(requestId: RequestId): Promise<GrantRecord | null>;
  /** The record that counts: this one, or an earlier one of the same grant. Null: the hour's grants are used up. */
  beginGrant(record: GrantRecord, limit: { perHour: number; since: Date }): Promise<GrantRecord | null>;
  saveGrant(record: GrantRecord): Promise<void>;
  /** Grants that put this person into this group and whose end nobody proved; `lapsed`: past their end, or ended. */
  findHolders(member: Membership, now: Date): Promise<Holder[]>;
  /** Memberships whose grant is over and whose end nobody proved. */
  findLapsed(system: string, now: Date): Promise<GrantRecord[]>;
  /** Shared by all doers; gives its release. Throws when it cannot be had in LOCK_SECONDS. */
  lock(name: string): Promise<() => void>;
  findGlass(requestId: RequestId): Promise<GlassRecord | null>;
  /** Uses of a system that nobody proved over. */
  listGlassOut(system: string): Promise<GlassLine[]>;
  /** The use that had this account last. */
  findLastGlass(system: string, account: string): Promise<RequestId | null>;
  saveGlass(record: GlassRecord): Promise<void>;
  /**
   * False when a newer one of the same grant or use was begun; `at`: from when its packet is good. One from after `latest`
   * was begun before a clock was set back, and is newer than nothing.
   */
  beginShowing(requestId: RequestId, at: Date, latest: Date): Promise<boolean>;
  isTombstoned(requestId: RequestId): Promise<boolean>;
  bury(requestIds: readonly RequestId[], at: Date): Promise<void>;
  /** Stores the one receipt of a packet id and hands it over, in one statement; does nothing when there is one. */
  deliver(packetId: PacketId, receipt: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export function openDatabase(options: {
  databaseUrl: string;
  tenant: TenantId;
  holder: string;
}): DoerDatabase {
  const { databaseUrl, tenant, holder } = options;
  // Locks have connections of their own: whoever holds one needs another for the work.
  const [pool, locks] = [connect(databaseUrl, 6), connect(databaseUrl, 8)];
  return {
    async findReleased(without) {
      const { rows } = await pool.query(sql.FIND_UNSETTLED, [tenant, holder, without]);
      return z.array(ReleasedPacket).parse(rows);
    },
    async claim(id) {
      const { rowCount } = await pool.query(sql.CLAIM, [tenant, id, holder]);
      return rowCount === 1;
    },
    async renew(ids) {
      if (ids.length === 0) return;
      await pool.query(sql.RENEW, [tenant, ids, holder]);
    },
    async resend(id) {
      await pool.query(sql.RESEND, [tenant, id]);
    },
    async findGrant(requestId) {
      const { rows } = await pool.query(sql.FIND_GRANT, [tenant, requestId]);
      return recordIn(rows, GrantRecord);
    },
    beginGrant: (record, limit) => beginGrant(pool, record, limit),
    async saveGrant(record) {
      await pool.query(sql.SAVE_GRANT, [
        tenant,
        record.requestId,
        record.system,
        record.createdAt,
        JSON.stringify(record),
      ]);
    },
    async findHolders(member, now) {
      const { rows } = await pool.query(sql.FIND_HOLDERS, [tenant, JSON.stringify({ member }), now]);
      return z.array(Holder).parse(rows);
    },
    async findLapsed(system, now) {
      const { rows } = await pool.query(sql.FIND_LAPSED, [tenant, system, now]);
      return recordsIn(rows, GrantRecord);
    },
    lock: (name) => takeLock(locks, `${tenant} ${name}`),
    async findGlass(requestId) {
      const { rows } = await pool.query(sql.FIND_GLASS, [tenant, requestId]);
      return recordIn(rows, GlassRecord);
    },
    async listGlassOut(system) {
      const { rows } = await pool.query(sql.LIST_GLASS_OUT, [tenant, system]);
      return z.array(GlassLine).parse(rows);
    },
    async findLastGlass(system, account) {
      const { rows } = await pool.query(sql.FIND_LAST_GLASS, [tenant, system, account]);
      return z.array(GlassLine).parse(rows)[0]?.requestId ?? null;
    },
    async saveGlass(record) {
      await pool.query(sql.SAVE_GLASS, [tenant, record.requestId, JSON.stringify(record)]);
    },
    async beginShowing(requestId, at, latest) {
      const { rowCount } = await pool.query(sql.BEGIN_SHOWING, [tenant, requestId, at, latest]);
      return rowCount === 1;
    },
    async isTombstoned(requestId) {
      const { rowCount } = await pool.query(sql.FIND_TOMBSTONE, [tenant, requestId]);
      return rowCount === 1;
    },
    async bury(requestIds, at) {
      if (requestIds.length > 0) await pool.query(sql.BURY, [tenant, requestIds, at]);
    },
    async deliver(packetId, receipt) {
      await pool.query(sql.DELIVER, [tenant, packetId, Buffer.from(receipt)]);
    },
    close: async () => {
      await Promise.all([pool.end(), locks.end()]);
    },
  };
}

const connect = (connectionString: string, max: number): pg.Pool =>
  new pg.Pool({
    connectionString,
    options: '-c TimeZone=UTC',
    application_name: 'countersign-doer',
    max,
    connectionTimeoutMillis: 3_000,
    query_timeout: 10_000,
  }).on('error', () => undefined); // an idle connection was lost; the next query finds out

/** Gone with its connection, so that a doer that dies lets go of it. */
async function takeLock(locks: pg.Pool, name: string): Promise<() => void> {
  const client = await locks.connect();
  try {
    await client.query(`SET lock_timeout = '${LOCK_SECONDS}s'`);
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name]);
    return () => client.release(true);
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** Counting and inserting under one lock a system, so that two doers together cannot exceed the hour's grants. */
async function beginGrant(
  pool: pg.Pool,
  record: GrantRecord,
  limit: { perHour: number; since: Date },
): Promise<GrantRecord | null> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `doer-rate-${record.tenant}-${record.system}`,
    ]);
    const values = [
      record.tenant,
      record.requestId,
      record.system,
      record.createdAt,
      JSON.stringify(record),
      limit.since,
      limit.perHour,
    ];
    const { rows } = await client.query(sql.BEGIN_GRANT, values);
    await client.query('COMMIT');
    return recordIn(rows, GrantRecord);
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

const recordsIn = <Kept>(rows: unknown, schema: z.ZodType<Kept>): Kept[] =>
  z
    .array(z.object({ record: schema }))
    .parse(rows)
    .map(({ record }) => record);

/** What a query for one found; null where there is none. */
const recordIn = <Kept>(rows: unknown, schema: z.ZodType<Kept>): Kept | null =>
  recordsIn(rows, schema)[0] ?? null;
