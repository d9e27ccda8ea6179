import pg from 'pg';
import { z } from 'zod';
import { type PacketId, RequestId, type TenantId } from '../core/tenant.js';
import { GlassLine, GlassRecord } from './glass/record.js';
import { GrantRecord, type Membership } from './grant-record.js';

const ReleasedPacket = z.object({
  id: z.string(),
  kind: z.string(),
  requestId: z.string(),
  system: z.string(),
  envelope: z.instanceof(Buffer),
  /** Its entry in the log and where that is; read by logged.ts. */
  proof: z.unknown(),
  releasedAt: z.date(),
  /** Answered before and released again: send the same receipt (rule 8). */
  answered: z.boolean(),
});
export type ReleasedPacket = z.infer<typeof ReleasedPacket>;

const Holder = z.object({ requestId: RequestId, lapsed: z.boolean() });
export type Holder = z.infer<typeof Holder>;

/** A packet is in hand for so long unless renewed; by the database's clock, which is the one all doers share. */
const CLAIM_SECONDS = 5;

/** How long another doer that has the same membership in hand may keep an end waiting; it is done anyway then (rule 2). */
const LOCK_SECONDS = 5;

/** Our database as the doer sees it: packets to read, an inbox to write, and its own schema. Every call may throw. */
export interface DoerDatabase {
  /** The next to answer, ends first, but for those `without`. */
  findReleased(since: Date, without: readonly string[]): Promise<ReleasedPacket[]>;
  /** True when it is ours to answer now: nobody did, and nobody alive has it in hand. */
  claim(packet: { id: string; releasedAt: Date }): Promise<boolean>;
  renew(ids: readonly string[]): Promise<void>;
  resend(packet: { id: string; releasedAt: Date }): Promise<void>;
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
  /** All uses of a system, those over included. */
  listGlass(system: string): Promise<GlassLine[]>;
  saveGlass(record: GlassRecord): Promise<void>;
  /** False when a newer one of the same grant or use was begun; `at`: from when its packet is good. */
  beginShowing(requestId: RequestId, at: Date): Promise<boolean>;
  isTombstoned(requestId: RequestId): Promise<boolean>;
  bury(requestIds: readonly RequestId[], at: Date): Promise<void>;
  /** Stores the one receipt of a packet id and hands it over, in one statement; does nothing when there is one. */
  deliver(packetId: PacketId, receipt: Uint8Array, at: Date): Promise<void>;
  close(): Promise<void>;
}

export function openDatabase(options: {
  databaseUrl: string;
  tenant: TenantId;
  holder: string;
}): DoerDatabase {
  const connect = (max: number): pg.Pool => {
    const opened = new pg.Pool({
      connectionString: options.databaseUrl,
      options: '-c TimeZone=UTC',
      application_name: 'countersign-doer',
      max,
      connectionTimeoutMillis: 3_000,
      query_timeout: 10_000,
    });
    return opened.on('error', () => undefined); // an idle connection was lost; the next query finds out
  };
  const { tenant, holder } = options;
  // Locks have connections of their own: whoever holds one needs another for the work.
  const [pool, locks] = [connect(6), connect(8)];
  return {
    async findHolders(member, now) {
      const { rows } = await pool.query(FIND_HOLDERS, [tenant, JSON.stringify({ member }), now]);
      return z.array(Holder).parse(rows);
    },
    async findLapsed(system, now) {
      const { rows } = await pool.query(FIND_LAPSED, [tenant, system, now]);
      return z
        .array(z.object({ record: GrantRecord }))
        .parse(rows)
        .map((row) => row.record);
    },
    lock: (name) => takeLock(locks, `${tenant} ${name}`),
    async findReleased(since, without) {
      const { rows } = await pool.query(FIND_RELEASED, [tenant, since, holder, without]);
      return z.array(ReleasedPacket).parse(rows);
    },
    async claim({ id, releasedAt }) {
      const { rowCount } = await pool.query(CLAIM, [tenant, id, holder, releasedAt]);
      return rowCount === 1;
    },
    async renew(ids) {
      if (ids.length === 0) return;
      await pool.query(RENEW, [tenant, ids, holder]);
    },
    async resend({ id, releasedAt }) {
      await pool.query(RESEND, [tenant, id, releasedAt]);
    },
    async findGrant(requestId) {
      const { rows } = await pool.query(
        'SELECT record FROM doer.grant_record WHERE tenant = $1 AND request_id = $2',
        [tenant, requestId],
      );
      return z.array(z.object({ record: GrantRecord })).parse(rows)[0]?.record ?? null;
    },
    beginGrant: (record, limit) => beginGrant(pool, record, limit),
    async saveGrant(record) {
      await pool.query(SAVE_GRANT, [
        tenant,
        record.requestId,
        record.system,
        record.createdAt,
        JSON.stringify(record),
      ]);
    },
    async findGlass(requestId) {
      const { rows } = await pool.query(
        'SELECT record FROM doer.glass_record WHERE tenant = $1 AND request_id = $2',
        [tenant, requestId],
      );
      return z.array(z.object({ record: GlassRecord })).parse(rows)[0]?.record ?? null;
    },
    async listGlass(system) {
      const { rows } = await pool.query(LIST_GLASS, [tenant, system]);
      return z.array(GlassLine).parse(rows);
    },
    async saveGlass(record) {
      await pool.query(SAVE_GLASS, [tenant, record.requestId, JSON.stringify(record)]);
    },
    async beginShowing(requestId, at) {
      const { rowCount } = await pool.query(BEGIN_SHOWING, [tenant, requestId, at]);
      return rowCount === 1;
    },
    async isTombstoned(requestId) {
      const { rowCount } = await pool.query(
        'SELECT FROM doer.tombstone WHERE tenant = $1 AND request_id = $2',
        [tenant, requestId],
      );
      return rowCount === 1;
    },
    async bury(requestIds, at) {
      if (requestIds.length > 0) await pool.query(BURY, [tenant, requestIds, at]);
    },
    async deliver(packetId, receipt, at) {
      await pool.query(DELIVER, [tenant, packetId, holder, at, Buffer.from(receipt)]);
    },
    close: async () => {
      await Promise.all([pool.end(), locks.end()]);
    },
  };
}

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
    const { rows } = await client.query(BEGIN_GRANT, values);
    await client.query('COMMIT');
    return z.array(z.object({ record: GrantRecord })).parse(rows)[0]?.record ?? null;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

const FIND_RELEASED = `
  SELECT p.id, p.kind, p.request_id AS "requestId", p.system, p.envelope, p.proof, p.released_at AS "releasedAt", d.receipt IS NOT NULL AS answered
  FROM gate.packet p LEFT JOIN doer.packet d ON d.tenant = p.tenant AND d.id = p.id
  WHERE p.tenant = $1 AND p.released_at >= $2 AND p.id <> ALL($4::text[])
    AND (d.id IS NULL OR d.receipt IS NULL AND (d.claimed_until < clock_timestamp() OR d.holder = $3)
      OR d.receipt IS NOT NULL AND p.released_at > d.released_at)
  ORDER BY p.kind IN ('end', 'rotate') DESC, p.released_at LIMIT 64`;

const CLAIM = `
  INSERT INTO doer.packet AS mine (tenant, id, holder, claimed_until, released_at)
  VALUES ($1, $2, $3, clock_timestamp() + interval '${CLAIM_SECONDS} seconds', $4)
  ON CONFLICT (tenant, id) DO UPDATE SET holder = EXCLUDED.holder, claimed_until = EXCLUDED.claimed_until
    WHERE mine.receipt IS NULL AND (mine.claimed_until < clock_timestamp() OR mine.holder = EXCLUDED.holder)
  RETURNING id`;

const FIND_HOLDERS = `
  SELECT g.request_id AS "requestId", (g.record->>'expiresAt')::timestamptz <= $3
    OR EXISTS (SELECT FROM doer.tombstone t WHERE t.tenant = g.tenant AND t.request_id = g.request_id) AS lapsed
  FROM doer.grant_record g WHERE g.tenant = $1 AND g.record @> $2::jsonb AND g.record->>'state' <> 'over'`;

const FIND_LAPSED = `
  SELECT g.record FROM doer.grant_record g
  WHERE g.tenant = $1 AND g.system = $2 AND g.record->'member' <> 'null' AND g.record->>'state' <> 'over'
    AND ((g.record->>'expiresAt')::timestamptz <= $3
      OR EXISTS (SELECT FROM doer.tombstone t WHERE t.tenant = g.tenant AND t.request_id = g.request_id))
  LIMIT 100`;

const BURY = `
  INSERT INTO doer.tombstone (tenant, request_id, ended_at) SELECT $1, unnest($2::text[]), $3::timestamptz ON CONFLICT DO NOTHING`;

const RENEW = `
  UPDATE doer.packet SET claimed_until = clock_timestamp() + interval '${CLAIM_SECONDS} seconds'
  WHERE tenant = $1 AND id = ANY($2) AND holder = $3 AND receipt IS NULL`;

const RESEND = `
  WITH again AS (
    UPDATE doer.packet SET released_at = $3 WHERE tenant = $1 AND id = $2 AND receipt IS NOT NULL AND released_at < $3
    RETURNING tenant, id, receipt
  ) INSERT INTO gate.receipt_inbox (tenant, packet_id, receipt) SELECT tenant, id, receipt FROM again`;

const BEGIN_GRANT = `
  WITH old AS (SELECT record FROM doer.grant_record WHERE tenant = $1 AND request_id = $2),
  new AS (
    INSERT INTO doer.grant_record (tenant, request_id, system, created_at, record)
    SELECT $1, $2, $3, $4::timestamptz, $5::jsonb WHERE NOT EXISTS (SELECT FROM old)
      AND (SELECT count(*) FROM doer.grant_record WHERE tenant = $1 AND system = $3 AND created_at >= $6) < $7::int
    RETURNING record
  ) SELECT record FROM old UNION ALL SELECT record FROM new`;

const SAVE_GRANT = `
  INSERT INTO doer.grant_record (tenant, request_id, system, created_at, record) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (tenant, request_id) DO UPDATE SET record = EXCLUDED.record`;

const LIST_GLASS = `
  SELECT request_id AS "requestId", record->>'account' AS account, record->>'state' AS state, record->>'checkedOutAt' AS "checkedOutAt"
  FROM doer.glass_record WHERE tenant = $1 AND record->>'system' = $2`;

const SAVE_GLASS = `
  INSERT INTO doer.glass_record (tenant, request_id, record) VALUES ($1, $2, $3)
  ON CONFLICT (tenant, request_id) DO UPDATE SET record = EXCLUDED.record`;

const BEGIN_SHOWING = `
  INSERT INTO doer.showing AS mine (tenant, request_id, newest_at) VALUES ($1, $2, $3)
  ON CONFLICT (tenant, request_id) DO UPDATE SET newest_at = EXCLUDED.newest_at WHERE mine.newest_at <= EXCLUDED.newest_at`;

const DELIVER = `
  WITH done AS (
    INSERT INTO doer.packet AS mine (tenant, id, holder, claimed_until, released_at, receipt) VALUES ($1, $2, $3, $4, $4, $5)
    ON CONFLICT (tenant, id) DO UPDATE SET receipt = EXCLUDED.receipt WHERE mine.receipt IS NULL
    RETURNING tenant, id, receipt
  ) INSERT INTO gate.receipt_inbox (tenant, packet_id, receipt) SELECT tenant, id, receipt FROM done`;
