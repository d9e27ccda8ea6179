import { z } from 'zod';
import type { Json } from '../core/canonical.js';
import { Sha256Hex } from '../core/canonical.js';
import { Instant } from '../core/clock.js';
import { PrincipalId, RequestId } from '../core/tenant.js';
import { readRequest, readRequestsOf, type StoredRequest } from '../store/index.js';
import type { RequestOf, VerbContext } from './define.js';
import { describeVotes } from './principal-facts.js';

/** What a window says to whoever lets accesses through by it; core/window.ts seals the terms. */
export const Window = z.object({
  system: z.string(),
  terms: z.object({
    people: z.array(PrincipalId),
    scopes: z.array(z.object({ scope: z.string(), privileges: z.array(z.string()) })),
    uses: z.int(),
    longestMinutes: z.int(),
    startsAt: Instant,
    endsAt: Instant,
  }),
  reasonDigest: Sha256Hex,
  seal: Sha256Hex,
  /** Written by gate.commit alone, one a use. */
  used: z.array(z.object({ request: RequestId, by: PrincipalId, at: Instant })),
});
export type Window = RequestOf<string, z.infer<typeof Window>>;

const NAME = 'window';
/** More than an organisation has open at once. */
const TAKE = 500;
/** Used up, it still stands behind what it let through, until its end. */
const IN_FORCE: readonly string[] = ['open', 'used_up'];

export const isWindowInForce = ({ capability, state }: StoredRequest): boolean =>
  capability === NAME && IN_FORCE.includes(state);

export const usesLeft = ({ terms, used }: Pick<Window['details'], 'terms' | 'used'>): number =>
  Math.max(0, terms.uses - used.length);

const typed = (request: StoredRequest): Window => ({ ...request, details: Window.parse(request.details) });

/** The open windows that name this person on this system. */
export async function readWindowsFor(
  context: VerbContext,
  { person, system }: { person: PrincipalId; system: string },
): Promise<Window[]> {
  const which = { capability: NAME, states: ['open'], take: TAKE };
  const open = await readRequestsOf(context.store, context.tenant, which);
  return open
    .map(typed)
    .filter(({ details }) => details.system === system && details.terms.people.includes(person));
}

export async function readWindow(context: VerbContext, id: RequestId): Promise<Window | null> {
  const request = await readRequest(context.store, context.tenant, id);
  return request === null || request.capability !== NAME ? null : typed(request);
}

export const votersOf = (windows: readonly Window[]): PrincipalId[] =>
  windows.flatMap(({ votes }) => votes.map((vote) => vote.principal));

/** A window as policy input, for one person; `user` is the request it let through, where it did already. */
export async function windowFacts(
  context: VerbContext,
  window: Window,
  about: { person: PrincipalId; user: RequestId | null; principal: (id: PrincipalId) => Json },
): Promise<Json> {
  const { details, votes } = window;
  const { terms, used } = details;
  return {
    id: window.id,
    number: window.number,
    state: window.state,
    requester: window.requester,
    system: details.system,
    scopes: terms.scopes.map(({ scope, privileges }) => ({ id: scope, privileges })),
    people: terms.people,
    barred: await frozenSince(context, window, [about.person, ...votersOf([window])]),
    uses_left: usesLeft(details),
    used_here: used.some(({ request }) => request === about.user),
    longest_minutes: terms.longestMinutes,
    starts_ms: Date.parse(terms.startsAt),
    ends_ms: Date.parse(terms.endsAt),
    votes: describeVotes(votes, details.seal, about.principal),
  };
}

/** Who was frozen after the window was asked for: lifting a freeze gives back nothing that was ended. */
async function frozenSince(
  context: VerbContext,
  { createdAt }: Window,
  people: readonly PrincipalId[],
): Promise<PrincipalId[]> {
  const newest = [...new Set(people)].map(async (subject) => {
    const [freeze] = await readRequestsOf(context.store, context.tenant, {
      capability: 'freeze',
      subject,
      take: 1,
    });
    return freeze !== undefined && freeze.createdAt >= createdAt ? [subject] : [];
  });
  return (await Promise.all(newest)).flat();
}
