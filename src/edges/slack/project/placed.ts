import { z } from 'zod';
import { CountersignError } from '../../../core/errors.js';
import type { RequestId } from '../../../core/tenant.js';
import type { ProjectorDeps } from './deps.js';

/** Where a surface stands, and the digest of what it shows. */
export interface Placed {
  channel: string;
  ts: string;
  digest: string;
}

/** What is kept in Slack: a request's messages, or one person's App Home. */
type Shown = RequestId | `home:${string}`;

type Deps = Pick<ProjectorDeps, 'store' | 'tenant' | 'clock'>;

const LEASE = '#lease';
const LEASE_SECONDS = 60;

/** One worker at a time shows a request, so that two never post the same thing; a dead one's lease lapses. */
export async function takeLease(
  { store, tenant, clock }: Deps,
  requestId: Shown,
  holder: string,
): Promise<boolean> {
  const now = clock.now();
  const inLeases = (count: number): Date => new Date(now.getTime() + count * LEASE_SECONDS * 1000);
  const taken = await store.pool.query(
    `INSERT INTO gate.projection AS p (tenant, request_id, surface, channel, ts, digest, rendered_at)
     VALUES ($1, $2, $3, '', $4, '', $5)
     ON CONFLICT (tenant, request_id, surface) DO UPDATE SET ts = $4, rendered_at = $5
     WHERE p.rendered_at <= $6 OR p.rendered_at > $7 RETURNING 1`,
    // A lease from far beyond its own length was written under a clock since set back; from a little beyond it, by a
    // worker whose clock is ahead, or while this one waited for a connection.
    [tenant, requestId, LEASE, holder, inLeases(1), now, inLeases(2)],
  );
  return taken.rowCount === 1;
}

/**
 * Holds on to a lease before a call to Slack: waiting for a turn in a busy channel may outlast it.
 * @throws CountersignError `lease_lost` when another worker shows this by now.
 */
export async function renewLease(
  { store, tenant, clock }: Deps,
  requestId: Shown,
  holder: string,
): Promise<void> {
  const until = new Date(clock.now().getTime() + LEASE_SECONDS * 1000);
  const held = await store.pool.query(
    `UPDATE gate.projection SET rendered_at = $1 WHERE tenant = $2 AND request_id = $3 AND surface = $4 AND ts = $5`,
    [until, tenant, requestId, LEASE, holder],
  );
  if (held.rowCount !== 1) throw new CountersignError('lease_lost', 'Another worker shows this by now.');
}

export async function releaseLease({ store, tenant }: Deps, requestId: Shown, holder: string): Promise<void> {
  await store.pool.query(
    'DELETE FROM gate.projection WHERE tenant = $1 AND request_id = $2 AND surface = $3 AND ts = $4',
    [tenant, requestId, LEASE, holder],
  );
}

const Row = z.object({ surface: z.string(), channel: z.string(), ts: z.string(), digest: z.string() });

export async function readPlaced({ store, tenant }: Deps, requestId: Shown): Promise<Map<string, Placed>> {
  const rows = await store.prisma.projection.findMany({
    where: { tenant, requestId, surface: { not: LEASE } },
  });
  return new Map(
    z
      .array(Row)
      .parse(rows)
      .map(({ surface, ...placed }) => [surface, placed]),
  );
}

export async function savePlaced(
  { store, tenant, clock }: Deps,
  requestId: Shown,
  surface: string,
  at: Placed,
): Promise<void> {
  await store.pool.query(
    `INSERT INTO gate.projection (tenant, request_id, surface, channel, ts, digest, rendered_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant, request_id, surface) DO UPDATE SET channel = $4, ts = $5, digest = $6, rendered_at = $7`,
    [tenant, requestId, surface, at.channel, at.ts, at.digest, clock.now()],
  );
}

export async function withdrawPlaced(
  { store, tenant }: Deps,
  requestId: Shown,
  surface: string,
): Promise<void> {
  await store.pool.query(
    'DELETE FROM gate.projection WHERE tenant = $1 AND request_id = $2 AND surface = $3',
    [tenant, requestId, surface],
  );
}
