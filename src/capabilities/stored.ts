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

type Step<Event, Details, Type> = Omit<Commit, 'tenant' | 'event' | 'changes'> & {
  on: Event;
  details: Details;
  dueAt: Date | null;
  event: Omit<EventDraft, 'type' | 'requestId'> & { type: Type };
  /** Other requests of the same loop that move in the same commit. */
  also?: readonly RequestChange[];
};

/** How verbs read and move the stored requests of one capability, bound to its table, its schema and its events. */
export function storedAs<
  State extends string,
  Event extends string,
  Details extends Json,
  Type extends string,
>(kind: {
  name: string;
  machine: Machine<State, Event>;
  details: z.ZodType<Details>;
  eventTypes: readonly Type[];
}) {
  return {
    /** Requests of this capability, newest first. */
    async list(
      context: VerbContext,
      which: Omit<RequestsOf, 'capability' | 'states'> & { states?: readonly State[] },
    ): Promise<RequestOf<State, Details>[]> {
      const stored = await readRequestsOf(context.store, context.tenant, { ...which, capability: kind.name });
      return stored.map((request) => typedRequest(kind, request));
    },

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
        const stored = await readRequest(context.store, context.tenant, id);
        if (stored === null || stored.capability !== kind.name)
          return refused('not_found', 'There is no such request.');
        const outcome = await attempt(typedRequest(kind, stored));
        if (!isLostRace(outcome) || tries === ATTEMPTS) return outcome;
      }
    },

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
        changes: [changeOf(request, { on, details, dueAt }), ...also],
      });
    },

    changeOf,
  };

  function changeOf(
    request: RequestOf<State, Details>,
    { on, details, dueAt }: { on: Event; details: Details; dueAt: Date | null },
  ): RequestChange {
    const next = kind.machine.next(request.state, on);
    if (next === null) throw new TypeError(`${kind.name}: ${request.state} has no ${on}`);
    const { id, requester, subject, state, version } = request;
    return {
      id,
      capability: kind.name,
      requester,
      subject,
      from: { state, version },
      to: { state: next, details, dueAt },
    };
  }
}

const isLostRace = (outcome: unknown): outcome is LostRace =>
  typeof outcome === 'object' && outcome !== null && 'code' in outcome && outcome.code === 'lost_race';
