import type { Json } from '../core/canonical.js';
import { PrincipalId, RequestId, type TenantId } from '../core/tenant.js';
import type { Store } from './store.js';

export interface StoredVote {
  id: string;
  principal: PrincipalId;
  verdict: 'approve' | 'deny';
  seal: string;
  reason: string | null;
  proof: Json;
  castAt: Date;
}

/** Where this person voted, in which sense and when, oldest first; with votes voided since where they are asked for. */
export async function readVotesBy(
  store: Store,
  tenant: TenantId,
  by: { person: PrincipalId; voided: boolean; since?: Date },
): Promise<{ id: string; requestId: RequestId; verdict: 'approve' | 'deny'; castAt: Date }[]> {
  const rows = await store.prisma.vote.findMany({
    where: {
      tenant,
      principal: by.person,
      ...(!by.voided && { voidedAt: null }),
      ...(by.since && { castAt: { gte: by.since } }),
    },
    orderBy: { castAt: 'asc' },
    select: { id: true, requestId: true, verdict: true, castAt: true },
  });
  return rows.map((row) => ({
    ...row,
    requestId: RequestId.parse(row.requestId),
    verdict: row.verdict === 'approve' ? 'approve' : 'deny',
  }));
}

/** Every vote on this request, oldest first, with those that count no more since. */
export async function readVotesOn(
  store: Store,
  tenant: TenantId,
  requestId: RequestId,
): Promise<(StoredVote & { voidedAt: Date | null })[]> {
  const rows = await store.prisma.vote.findMany({
    where: { tenant, requestId },
    orderBy: { castAt: 'asc' },
  });
  return rows.map((row) => ({ ...toVote(row), voidedAt: row.voidedAt }));
}

export const toVote = (row: {
  id: string;
  principal: string;
  verdict: string;
  seal: string;
  reason: string | null;
  proof: unknown;
  castAt: Date;
}): StoredVote => ({
  id: row.id,
  principal: PrincipalId.parse(row.principal),
  verdict: row.verdict === 'approve' ? 'approve' : 'deny',
  seal: row.seal,
  reason: row.reason,
  proof: null,
  castAt: row.castAt,
});
