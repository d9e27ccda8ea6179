import type { Json } from '../../core/canonical.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { StoredVote } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { describeAsFiled, describePrincipals, describeVotes, holdersOf } from '../principal-facts.js';
import {
  findScope,
  findSystem,
  loginOf,
  scopeFacts,
  stageRoles,
  systemFacts,
  ticketFacts,
} from '../systems.js';
import { readWindow, votersOf, type Window, windowFacts } from '../windows.js';
import type { ChangeFinding } from './change.js';
import { dutiesBeside, readDuties } from './duties.js';
import { readRisk } from './risk.js';
import type { Elevation } from './schemas.js';

export type Action =
  | 'request'
  | 'edit'
  | 'cancel'
  | 'vote'
  | 'remind'
  | 'answer'
  | 'execute'
  | 'reveal'
  | 'end'
  | 'follow';

/** What an approver is about to do: only a yes has to wait for its turn. */
export type Verdict = 'approve' | 'deny' | 'shorten' | 'ask_more';

/** What is asked for; the same members a seal covers, before it is sealed. */
export interface Terms {
  requester: PrincipalId;
  subject: PrincipalId;
  system: string;
  scope: string;
  durationMinutes: number;
  reason: string;
  ticket: string | null;
  startAt: string | null;
  /** What is deployed, where the scope deploys something. */
  change: ChangeFinding | null;
}

/** What else there is of a person's asking, when they ask or edit. */
export interface Beside {
  /** How many of the requester's own requests wait. */
  waiting: number;
  /** Requests for the same scope and person that wait or are in force. */
  same: readonly Other[];
  /** Numbers of those the person was shown. */
  acknowledged: readonly number[];
}

export interface Other extends Pick<Elevation, 'number' | 'state'> {
  /** In the very same words and for as long. */
  identical: boolean;
}

/**
 * The one place that builds policy input for an elevation. A system or scope nobody defined is null there, and policy
 * refuses null. Standing in Slack is asked afresh for whoever decides or receives (rule 4).
 * @throws CountersignError `directory_unreachable`.
 */
export async function buildFacts(
  context: VerbContext,
  ask: {
    action: Action;
    now: Date;
    actor: PrincipalId;
    terms: Terms;
    request: Elevation | null;
    votes?: readonly StoredVote[];
    beside?: Beside;
    /** What somebody is about to do on `vote`. */
    verdict?: Verdict;
    /** Windows that may let it through, where it is asked for; an access let through by one knows its own. */
    windows?: readonly Window[];
  },
): Promise<Readonly<Record<string, Json>>> {
  const { action, now, terms, request } = ask;
  const votes = ask.votes ?? request?.votes ?? [];
  const self = request?.id ?? null;
  const windows = ask.windows ?? (action === 'execute' ? await windowOf(context, request) : []);
  const [principal, risk, duties] = await Promise.all([
    describePrincipals(
      context,
      now,
      whoCountsNow(action, ask.actor, terms, [...votes.map((vote) => vote.principal), ...votersOf(windows)]),
    ),
    readRisk(context, { ...terms, askedAt: askedAt(ask), self }),
    readDuties(context, { ...terms, self }),
  ]);
  return {
    action,
    verdict: ask.verdict ?? null,
    now_ms: now.getTime(),
    tenant: context.tenant,
    actor: principal(ask.actor),
    ...filedFacts(context, terms, principal),
    duration_minutes: terms.durationMinutes,
    reason_length: [...terms.reason].length,
    start_ms: terms.startAt === null ? null : Date.parse(terms.startAt),
    change: changeFacts(terms.change),
    ticket: await ticketFacts(context, terms.ticket, findSystem(context, terms.system)),
    beside: ask.beside === undefined ? null : besideFacts(ask.beside),
    risk,
    duties,
    windows: await Promise.all(
      windows.map((window) => windowFacts(context, window, { person: terms.subject, user: self, principal })),
    ),
    request:
      request === null ? null : requestFacts(request, describeVotes(votes, request.details.seal, principal)),
  };
}

type Target = Pick<Terms, 'requester' | 'subject' | 'system' | 'scope'>;

/** What the organisation's files say of those who ask and receive, of the system, the scope and who could approve. */
function filedFacts(
  context: Pick<VerbContext, 'policy'>,
  { requester, subject, ...target }: Target,
  principal: (id: PrincipalId) => Json,
): Record<string, Json> {
  const system = findSystem(context, target.system);
  return {
    requester: principal(requester),
    subject: principal(subject),
    system: systemFacts(system),
    login: loginOf(context, subject, system),
    scope: scopeFacts(findScope(system, target.scope), system),
    candidates: holdersOf(context, stageRoles(context, target.system, target.scope).flat()).map(principal),
  };
}

/**
 * The same for a request at its best: a minute by day, with a reason, an open ticket and a change that is known, beside no
 * other. What policy refuses of that is refused however the form is filled in, so it is not offered.
 */
export function factsAtBest(
  context: Pick<VerbContext, 'policy'>,
  now: Date,
  target: Target,
): Record<string, Json> {
  const { requester, system, scope } = target;
  const deploys = findScope(findSystem(context, system), scope)?.change !== undefined;
  const principal = (id: PrincipalId) => describeAsFiled(context, id, now);
  return {
    action: 'request',
    verdict: null,
    now_ms: now.getTime(),
    actor: principal(requester),
    ...filedFacts(context, target, principal),
    duration_minutes: 1,
    reason_length: 10,
    start_ms: null,
    change: deploys ? { status: 'read', authors: [requester] } : null,
    ticket: { status: 'open' },
    beside: { waiting: 0, same: [], acknowledged: [] },
    risk: { night: false, first_time: false, asked_in_hour: 1 },
    duties: dutiesBeside(context, target, []),
    windows: [],
    request: null,
  };
}

const requestFacts = ({ state, details: { edits, grant } }: Elevation, votes: Json): Json => ({
  state,
  edits: edits.length,
  ends_at_ms: grant?.expiresAt ? Date.parse(grant.expiresAt) : null,
  votes,
});

/** When the terms at hand were put before those who decide. */
const askedAt = ({ action, now, request }: { action: Action; now: Date; request: Elevation | null }): Date =>
  request === null || action === 'edit' ? now : new Date(request.details.askedAt);

/** Whose standing is asked afresh: whoever votes, and whoever receives with all who voted for it. */
function whoCountsNow(
  action: Action,
  actor: PrincipalId,
  terms: Terms,
  voters: readonly PrincipalId[],
): PrincipalId[] {
  if (action === 'vote') return [actor];
  const isLetThrough = action === 'execute' || (action === 'request' && voters.length > 0);
  return isLetThrough ? [terms.subject, ...voters] : [];
}

async function windowOf(context: VerbContext, request: Elevation | null): Promise<Window[]> {
  const used = request?.details.window ?? null;
  const window = used === null ? null : await readWindow(context, used.id);
  return window === null ? [] : [window];
}

const changeFacts = (change: ChangeFinding | null): Json =>
  change === null ? null : { status: change.status, authors: change.of?.authors ?? [] };

const besideFacts = ({ waiting, same, acknowledged }: Beside): Json => ({
  waiting,
  same: same.map(({ number, state, identical }) => ({ number, state, identical })),
  acknowledged: [...acknowledged],
});
