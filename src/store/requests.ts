import type { Json } from '../core/canonical.js';
import { PrincipalId, RequestId, type TenantId } from '../core/tenant.js';
import type { Store } from './store.js';

/** A request as stored; `details` is parsed by its own capability. */
export interface StoredRequest {
  tenant: TenantId;
  id: RequestId;
  number: number;
  capability: string;
  state: string;
  version: number;
  parentId: RequestId | null;
  requester: PrincipalId;
  subject: PrincipalId;
  details: unknown;
  dueAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  /** Standing votes, oldest first. */
  votes: readonly StoredVote[];
}

export interface StoredVote {
  id: string;
  principal: PrincipalId;
  verdict: 'approve' | 'deny';
  seal: string;
  reason: string | null;
  proof: Json;
  castAt: Date;
}

export async function readRequest(
  store: Store,
  tenant: TenantId,
  id: RequestId,
): Promise<StoredRequest | null> {
  const [request] = await readRequests(store, tenant, { id });
  return request ?? null;
}

/** Requests of any capability whose timer is due, earliest first, but for those in hand or just failed. */
export const readDueRequests = (
  store: Store,
  tenant: TenantId,
  due: { now: Date; take: number; except: readonly RequestId[] },
): Promise<StoredRequest[]> =>
  readRequests(
    store,
    tenant,
    { dueAt: { lte: due.now }, id: { notIn: [...due.except] } },
    Math.max(0, due.take),
  );

type Filter = { id: string } | { dueAt: { lte: Date }; id: { notIn: string[] } };

/** Reads requests with their standing votes. A query without a tenant does not type-check (rule 18). */
async function readRequests(
  store: Store,
  tenant: TenantId,
  filter: Filter,
  take = 1,
): Promise<StoredRequest[]> {
  const rows = await store.prisma.request.findMany({
    where: { tenant, ...filter },
    orderBy: { dueAt: 'asc' },
    take,
  });
  if (rows.length === 0) return [];
  const votes = await store.prisma.vote.findMany({
    where: { tenant, requestId: { in: rows.map((row) => row.id) }, voidedAt: null },
    orderBy: { castAt: 'asc' },
  });
  return rows.map((row) => ({
    ...row,
    tenant,
    id: RequestId.parse(row.id),
    parentId: row.parentId === null ? null : RequestId.parse(row.parentId),
    requester: PrincipalId.parse(row.requester),
    subject: PrincipalId.parse(row.subject),
    votes: votes.filter((vote) => vote.requestId === row.id).map(toVote),
  }));
}

const toVote = (row: {
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
