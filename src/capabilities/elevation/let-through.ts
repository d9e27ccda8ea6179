import { z } from 'zod';
import { type PrincipalId, RequestId } from '../../core/tenant.js';
import type { EventDraft } from '../../ledger/index.js';
import type { Decision } from '../../policy/index.js';
import type { Commit } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { readWindow, usesLeft, type Window } from '../windows.js';
import { newDeciding } from './deciding.js';
import type { Terms } from './facts.js';
import type { Details } from './schemas.js';

/** What policy obliges us to where it lets something through at once. */
const UseWindow = z.object({
  kind: z.literal('use_window'),
  window: RequestId,
  approvals: z.int().min(1),
});

export interface Covering {
  window: Window;
  /** How many approvals it stands for. */
  approvals: number;
}

/** The window that policy named; null where its answer names none. */
export async function coveringOf(
  context: VerbContext,
  { obligations }: Decision<'allow'>,
): Promise<Covering | null> {
  const use = UseWindow.safeParse(obligations[0]);
  const window = use.success ? await readWindow(context, use.data.window) : null;
  return use.success && window !== null ? { window, approvals: use.data.approvals } : null;
}

/** How such a request is stored: approved already, by those who countersigned the window. */
export function approvedBeforehand({ window, approvals }: Covering, now: Date) {
  const approvers = window.votes.map((vote) => vote.principal);
  const { id, number, details } = window;
  return {
    approvalsNeeded: approvals,
    approvers,
    deciding: newDeciding({ stages: [{ needed: approvals, approvers }], raised: [], nudgeAt: null }),
    window: { id, number, seal: details.seal, approvers, usesLeft: usesLeft(details) - 1 },
    decided: { by: null, at: now.toISOString(), reason: null },
  } satisfies Partial<Details>;
}

/** The use itself, which the database counts, and what is ledgered of it: the window, its seal and its votes. */
export function useOf(
  { window }: Covering,
  request: RequestId,
  { requester, subject }: Terms,
): Pick<Commit, 'use' | 'moreEvents' | 'effects'> {
  const people = { requester, subject, ...numbered(window.votes.map((vote) => vote.principal)) };
  const data = {
    window: window.id,
    windowSeal: window.details.seal,
    votes: window.votes.map((vote) => vote.id),
  };
  const events: EventDraft[] = [
    { type: 'elevation.approved_beforehand', requestId: request, actor: requester, people, data },
    { type: 'window.used', requestId: window.id, actor: requester, people, data: { ...data, request } },
  ];
  return {
    use: { window: window.id, request },
    moreEvents: events,
    effects: [{ kind: 'project', requestId: window.id }],
  };
}

const numbered = (approvers: readonly PrincipalId[]): Record<string, PrincipalId> =>
  Object.fromEntries(approvers.map((approver, index) => [`approver_${index + 1}`, approver]));
