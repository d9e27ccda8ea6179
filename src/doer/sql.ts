/** A packet is in hand for so long unless renewed; by the database's clock, which is the one all doers share. */
const CLAIM_SECONDS = 5;

export const FIND_UNSETTLED = `
  SELECT p.id, p.kind, p.request_id AS "requestId", p.system, p.envelope, p.proof, d.receipt IS NOT NULL AS answered
  FROM doer.packet d JOIN gate.packet p ON p.tenant = d.tenant AND p.id = d.id
  WHERE d.tenant = $1 AND NOT d.settled AND d.id <> ALL($3::text[])
    AND (d.receipt IS NOT NULL OR d.holder IS NULL OR d.holder = $2 OR d.claimed_until < clock_timestamp())
  ORDER BY p.kind IN ('end', 'rotate') DESC, p.released_at LIMIT 64`;

export const CLAIM = `
  UPDATE doer.packet SET holder = $3, claimed_until = clock_timestamp() + interval '${CLAIM_SECONDS} seconds'
  WHERE tenant = $1 AND id = $2 AND NOT settled AND receipt IS NULL
    AND (holder IS NULL OR holder = $3 OR claimed_until < clock_timestamp())`;

export const FIND_HOLDERS = `
  SELECT g.request_id AS "requestId", (g.record->>'expiresAt')::timestamptz <= $3
    OR EXISTS (SELECT FROM doer.tombstone t WHERE t.tenant = g.tenant AND t.request_id = g.request_id) AS lapsed
  FROM doer.grant_record g WHERE g.tenant = $1 AND g.is_held AND g.record @> $2::jsonb`;

export const FIND_LAPSED = `
  SELECT g.record FROM doer.grant_record g
  WHERE g.tenant = $1 AND g.system = $2 AND g.is_held
    AND ((g.record->>'expiresAt')::timestamptz <= $3
      OR EXISTS (SELECT FROM doer.tombstone t WHERE t.tenant = g.tenant AND t.request_id = g.request_id))
  LIMIT 100`;

export const BURY = `
  INSERT INTO doer.tombstone (tenant, request_id, ended_at) SELECT $1, unnest($2::text[]), $3::timestamptz ON CONFLICT DO NOTHING`;

export const RENEW = `
  UPDATE doer.packet SET claimed_until = clock_timestamp() + interval '${CLAIM_SECONDS} seconds'
  WHERE tenant = $1 AND id = ANY($2) AND holder = $3 AND receipt IS NULL`;

export const RESEND = `
  WITH again AS (
    UPDATE doer.packet SET settled = true WHERE tenant = $1 AND id = $2 AND receipt IS NOT NULL AND NOT settled
    RETURNING tenant, id, receipt
  ) INSERT INTO gate.receipt_inbox (tenant, packet_id, receipt) SELECT tenant, id, receipt FROM again`;

export const BEGIN_GRANT = `
  WITH old AS (SELECT record FROM doer.grant_record WHERE tenant = $1 AND request_id = $2),
  new AS (
    INSERT INTO doer.grant_record (tenant, request_id, system, created_at, record)
    SELECT $1, $2, $3, $4::timestamptz, $5::jsonb WHERE NOT EXISTS (SELECT FROM old)
      AND (SELECT count(*) FROM doer.grant_record WHERE tenant = $1 AND system = $3 AND created_at >= $6) < $7::int
    RETURNING record
  ) SELECT record FROM old UNION ALL SELECT record FROM new`;

export const SAVE_GRANT = `
  INSERT INTO doer.grant_record (tenant, request_id, system, created_at, record) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (tenant, request_id) DO UPDATE SET record = EXCLUDED.record`;

export const LIST_GLASS_OUT = `
  SELECT request_id AS "requestId", account FROM doer.glass_record WHERE tenant = $1 AND system = $2 AND is_out`;

export const FIND_LAST_GLASS = `
  SELECT request_id AS "requestId", account FROM doer.glass_record WHERE tenant = $1 AND system = $2 AND account = $3
  ORDER BY checked_out_at DESC LIMIT 1`;

export const SAVE_GLASS = `
  INSERT INTO doer.glass_record (tenant, request_id, record) VALUES ($1, $2, $3)
  ON CONFLICT (tenant, request_id) DO UPDATE SET record = EXCLUDED.record`;

export const BEGIN_SHOWING = `
  INSERT INTO doer.showing AS mine (tenant, request_id, newest_at) VALUES ($1, $2, $3)
  ON CONFLICT (tenant, request_id) DO UPDATE SET newest_at = EXCLUDED.newest_at
    WHERE mine.newest_at <= EXCLUDED.newest_at OR mine.newest_at > $4`;

export const DELIVER = `
  WITH done AS (
    INSERT INTO doer.packet AS mine (tenant, id, receipt, settled) VALUES ($1, $2, $3, true)
    ON CONFLICT (tenant, id) DO UPDATE SET receipt = EXCLUDED.receipt, settled = true WHERE mine.receipt IS NULL
    RETURNING tenant, id, receipt
  ) INSERT INTO gate.receipt_inbox (tenant, packet_id, receipt) SELECT tenant, id, receipt FROM done`;

export const FIND_GRANT = 'SELECT record FROM doer.grant_record WHERE tenant = $1 AND request_id = $2';

export const FIND_GLASS = 'SELECT record FROM doer.glass_record WHERE tenant = $1 AND request_id = $2';

export const FIND_TOMBSTONE = 'SELECT FROM doer.tombstone WHERE tenant = $1 AND request_id = $2';
