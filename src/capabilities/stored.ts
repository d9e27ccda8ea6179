import type { z } from 'zod';
import type { Json } from '../core/canonical.js';
import type { Machine } from '../core/machine.js';
import { type Outcome, refused } from '../core/outcome.js';
import type { RequestId } from '../core/tenant.js';
import type { EventDraft } from '../ledger/index.js';
import {
  type Commit,
  type Committed,
  commit,
  type RequestChange,
  type RequestsOf,
  readRequest,
  readRequestsOf,
} from '../store/index.js';
import { type RequestOf, typedRequest, type VerbContext } from './define.js';

const ATTEMPTS = 8;

type LostRace = { ok: false; code: 'lost_race'; message: string };
type NotFound = { ok: false; code: 'not_found'; message: string };

/** How a verb runs on a request as it is now. */
export type OnCurrent<Request> = <T>(
  context: VerbContext,
  id: RequestId,
  attempt: (request: Request) => Promise<T | LostRace>,
) => Promise<T | LostRace | NotFound>;

type Step<Event, Details, Type> = Omit<Commit, 'tenant' | 'event' | 'changes'> &
  Move<Event, Details> & {
    event: Omit<EventDraft, 'type' | 'requestId'> & { type: Type };
    /** Other requests of the same loop that move in the same commit. */
    also?: readonly RequestChange[];
  };

/** What a capability is stored as: its name, its table, its schema and its events. */
interface Kind<State extends string, Event extends string, Details, Type> {
  name: string;
  machine: Machine<State, Event>;
  details: z.ZodType<Details>;
  eventTypes: readonly Type[];
  /** What its requests show waits behind nobody else's messages. */
  isUrgent?: boolean;
}

interface Move<Event, Details> {
  on: Event;
  details: Details;
  dueAt: Date | null;
}

/** How verbs read and move the stored requests of one capability. */
export const storedAs = <
  State extends string,
  Event extends string,
  Details extends Json,
  Type extends string,
>(
  kind: Kind<State, Event, Details, Type>,
) => ({
  /** Requests of this capability, newest first. */
  async list(
    context: VerbContext,
    which: Omit<RequestsOf, 'capability' | 'states'> & { states?: readonly State[] },
  ): Promise<RequestOf<State, Details>[]> {
    const stored = await readRequestsOf(context.store, context.tenant, { ...which, capability: kind.name });
    return stored.map((request) => typedRequest(kind, request));
  },

  /** The request of this id; null where this capability has none. */
  read: (context: VerbContext, id: RequestId) => readOne(kind, context, id),

  /**
   * Runs `attempt` on the request as it is now; a lost race is re-read and tried again (rule 3). Eight losses in a row
   * mean a storm: the person is asked to try again, and nothing was written.
   */
  async onCurrent<T>(
    context: VerbContext,
    id: RequestId,
    attempt: (request: RequestOf<State, Details>) => Promise<T | LostRace>,
  ): Promise<T | LostRace | NotFound> {
    for (let tries = 1; ; tries += 1) {
      const request = await readOne(kind, context, id);
      if (request === null) return refused('not_found', 'There is no such request.');
      const outcome = await attempt(request);
      if (!isLostRace(outcome) || tries === ATTEMPTS) return outcome;
    }
  },

  /** The change that opens a request: in the table's first state, or in `state` where it begins further on. */
  openingOf: ({
    state = kind.machine.initial,
    details,
    dueAt,
    ...request
  }: Pick<RequestChange, 'id' | 'requester' | 'subject' | 'parentId'> & {
    state?: State;
    details: Details;
    dueAt: Date | null;
  }): RequestChange => ({
    ...request,
    capability: kind.name,
    isUrgent: kind.isUrgent ?? false,
    from: null,
    to: { state, details, dueAt },
  }),

  /** One step along the table: an impossible step is a defect and throws before anything is written. */
  async transition(
    context: VerbContext,
    request: RequestOf<State, Details>,
    step: Step<Event, Details, Type>,
  ): Promise<Outcome<Committed>> {
    const { on, details, dueAt, event, also = [], ...rest } = step;
    const { id, requester, subject } = request;
    return commit(context.store, {
      ...rest,
      tenant: context.tenant,
      event: { ...event, requestId: id, people: { requester, subject, ...event.people } },
      changes: [changeAlong(kind, request, { on, details, dueAt }), ...also],
    });
  },

  /** The same step as a part of another request's commit, which has an event of its own. */
  changeOf: (request: RequestOf<State, Details>, move: Move<Event, Details>): RequestChange =>
    changeAlong(kind, request, move),
});

async function readOne<State extends string, Event extends string, Details>(
  kind: Kind<State, Event, Details, unknown>,
  context: VerbContext,
  id: RequestId,
): Promise<RequestOf<State, Details> | null> {
  const stored = await readRequest(context.store, context.tenant, id);
  return stored === null || stored.capability !== kind.name ? null : typedRequest(kind, stored);
}

function changeAlong<State extends string, Event extends string, Details extends Json>(
  kind: Kind<State, Event, Details, unknown>,
  { id, requester, subject, state, version }: RequestOf<State, Details>,
  { on, details, dueAt }: Move<Event, Details>,
): RequestChange {
  const next = kind.machine.next(state, on);
  if (next === null) throw new TypeError(`${kind.name}: ${state} has no ${on}`);
  return {
    id,
    capability: kind.name,
    isUrgent: kind.isUrgent ?? false,
    requester,
    subject,
    from: { state, version },
    to: { state: next, details, dueAt },
  };
}

const isLostRace = (outcome: unknown): outcome is LostRace =>
  typeof outcome === 'object' && outcome !== null && 'code' in outcome && outcome.code === 'lost_race';
