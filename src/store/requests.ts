import { z } from 'zod';
import { PrincipalId, RequestId, type TenantId } from '../core/tenant.js';
import type { Prisma } from './generated/client.js';
import type { Store } from './store.js';
import { type StoredVote, toVote } from './votes.js';

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

export async function readRequest(
  store: Store,
  tenant: TenantId,
  id: RequestId,
): Promise<StoredRequest | null> {
  const [request] = await readRequests(store, tenant, { id }, 1);
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

/** Which requests; what is left out does not narrow. */
export interface RequestsOf {
  capability: string;
  requester?: PrincipalId;
  subject?: PrincipalId;
  states?: readonly string[];
  parentId?: RequestId;
  /** Named among the approvers in its details. */
  approver?: PrincipalId;
  /** Left out: every one. */
  take?: number;
  /** For the next page: the number of the last request of the one before. */
  before?: number;
}

/** Requests of one capability, newest first, with their standing votes. */
export const readRequestsOf = (
  store: Store,
  tenant: TenantId,
  { take, before, states, approver, ...same }: RequestsOf,
): Promise<StoredRequest[]> =>
  readRequests(
    store,
    tenant,
    {
      ...same,
      ...(states === undefined ? {} : { state: { in: [...states] } }),
      ...(approver === undefined ? {} : { details: { path: ['approvers'], array_contains: [approver] } }),
      ...(before === undefined ? {} : { number: { lt: before } }),
    },
    take ?? ALL,
    { number: 'desc' },
  );

/** Requests by id, oldest first; ids that name none are left out. */
export const readRequestsById = (
  store: Store,
  tenant: TenantId,
  ids: readonly RequestId[],
): Promise<StoredRequest[]> => readRequests(store, tenant, { id: { in: [...ids] } }, ALL, { number: 'asc' });

/**
 * What this person asked for or would get, whatever the capability, oldest first; `open` leaves out what is over, and
 * `since` what has not changed from then on.
 */
export const readRequestsWith = (
  store: Store,
  tenant: TenantId,
  { person, open, since }: { person: PrincipalId; open?: true; since?: Date },
): Promise<StoredRequest[]> =>
  readRequests(
    store,
    tenant,
    {
      OR: [{ requester: person }, { subject: person }],
      ...(open && { dueAt: { not: null } }),
      ...(since && { updatedAt: { gte: since } }),
    },
    ALL,
    { number: 'asc' },
  );

/** All that this person asked for, was to get, voted on or is named in for what they did, oldest first. The worker's alone. */
export async function readRequestsConcerning(
  store: Store,
  tenant: TenantId,
  person: PrincipalId,
): Promise<StoredRequest[]> {
  const { rows } = await store.pool.query('SELECT id FROM gate.concerning($1, $2)', [tenant, person]);
  return readRequestsById(
    store,
    tenant,
    z
      .array(z.object({ id: RequestId }))
      .parse(rows)
      .map(({ id }) => id),
  );
}

const Waiting = z.array(z.object({ number: z.int().nullable(), what: z.string() }));

/** What keeps this person from being erased: each open request by its number, a legal hold without one. */
export async function readErasureWaits(
  store: Store,
  tenant: TenantId,
  { person, erasure }: { person: PrincipalId; erasure: RequestId },
): Promise<z.infer<typeof Waiting>> {
  const { rows } = await store.pool.query('SELECT number, what FROM gate.erasure_waits_for($1, $2, $3)', [
    tenant,
    person,
    erasure,
  ]);
  return Waiting.parse(rows);
}

const ALL = undefined;

/** Ids of everything on this system that a timer will still move, whatever its capability: accesses and what leads to one. */
export async function readOpenRequestsOn(
  store: Store,
  tenant: TenantId,
  system: string,
): Promise<RequestId[]> {
  const rows = await store.prisma.request.findMany({
    where: { tenant, dueAt: { not: null }, details: { path: ['system'], equals: system } },
    select: { id: true },
  });
  return rows.map((row) => RequestId.parse(row.id));
}

/** Whoever asked for, or would get or keep, something that is not over. */
export async function readPeopleWithOpenRequests(store: Store, tenant: TenantId): Promise<PrincipalId[]> {
  const rows = await store.prisma.request.findMany({
    where: { tenant, dueAt: { not: null } },
    select: { requester: true, subject: true },
    distinct: ['requester', 'subject'],
  });
  return [...new Set(rows.flatMap((row) => [row.requester, row.subject]))].map((id) => PrincipalId.parse(id));
}

type Filter = Omit<Prisma.RequestWhereInput, 'tenant'>;

/** Reads requests with their standing votes. A query without a tenant does not type-check (rule 18). */
async function readRequests(
  store: Store,
  tenant: TenantId,
  filter: Filter,
  take: number | undefined,
  orderBy: Prisma.RequestOrderByWithRelationInput = { dueAt: 'asc' },
): Promise<StoredRequest[]> {
  const rows = await store.prisma.request.findMany({
    where: { ...filter, tenant },
    orderBy,
    ...(take !== undefined && { take }),
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
