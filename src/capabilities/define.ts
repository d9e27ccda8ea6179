import type { z } from 'zod';
import type { Json } from '../core/canonical.js';
import type { Machine } from '../core/machine.js';
import type { Outcome } from '../core/outcome.js';
import type { PrincipalId } from '../core/tenant.js';
import type { Receipt } from '../packet/index.js';
import type { Stop, StoredRequest } from '../store/index.js';
import type { SlackHandlers } from './slack-handlers.js';
import type { Gist, HomeItem, Names, Surface } from './surfaces.js';
import type { LedgerReader, VerbContext } from './verb-context.js';

export type {
  ActionCall,
  CommandCall,
  SlackAnswer,
  SlackCall,
  SlackHandlers,
  SubmissionCall,
  Values,
} from './slack-handlers.js';
export type { ChannelName, Gist, HomeItem, Names, Surface, Thread } from './surfaces.js';
export type { Directory, LedgerReader, Others, VerbContext } from './verb-context.js';
export type { Stop };

export type RequestOf<State extends string, Details> = Omit<StoredRequest, 'details' | 'state'> & {
  readonly state: State;
  readonly details: Details;
};

/** A settled receipt's place in the inbox; commit() moves it to the receipts as it is consumed. */
export interface InboxReceipt {
  readonly inboxId: bigint;
  readonly receipt: Receipt;
}

/** In what form a document is handed out. */
export type DocumentFormat = 'markdown' | 'json';

/** What a capability hands out in writing, by the number of a request: null where that is none of them. */
export interface Documents {
  readonly path: string;
  readonly read: (context: VerbContext, number: number, format: DocumentFormat) => Promise<string | null>;
}

/** Where an alert arrived. */
export type AlertSink = 'slack' | 'webhook';

export type Step<State extends string, Details> = (
  context: VerbContext,
  request: RequestOf<State, Details>,
) => Promise<Outcome<unknown>>;

/** A vote, by its id, and why it counts no more. */
export interface Taken {
  readonly vote: string;
  readonly because: Stop;
}

/** What befalls a request from outside its own time and people. */
interface Hooks<Request> {
  /** Absent where nothing is ever sent to the doer: a receipt for such a request is rejected. */
  readonly settle: (context: VerbContext, request: Request, inbox: InboxReceipt) => Promise<Outcome<unknown>>;
  /**
   * Ends or closes this request whatever its state, on an obligation: somebody was frozen or has left, an incident is
   * being contained, or what somebody did is recalled. Repeats safely; what `stops` does not name is left as it is.
   */
  readonly stop: (context: VerbContext, request: Request, because: Stop) => Promise<Outcome<unknown>>;
  /** Whether `stop` ends or closes this request as it stands. */
  readonly stops: (request: Request, because: Stop) => boolean;
  /**
   * Takes a standing vote of somebody who has no power any more back from what is approved and has not begun. Repeats
   * safely. What is `pending` needs nobody's help for that.
   */
  readonly unvote: (context: VerbContext, request: Request, taken: Taken) => Promise<Outcome<unknown>>;
  /** An alert of this request arrived, outside Slack or in it; may come more than once. */
  readonly told: (context: VerbContext, request: Request, sink: AlertSink) => Promise<Outcome<unknown>>;
}

/** What a capability offers besides its own requests. */
interface Offers {
  readonly documents: Documents;
  /** The one capability that takes all power from a person at once offers it here. */
  readonly freeze: (
    context: VerbContext,
    freeze: { readonly person: PrincipalId; readonly because: Stop },
  ) => Promise<Outcome<unknown>>;
  /** What this person's App Home shows of this capability. */
  readonly home: (context: VerbContext, person: PrincipalId, names: Names) => Promise<readonly HomeItem[]>;
}

export interface CapabilityDefinition<State extends string, Event extends string, Details>
  extends Partial<Hooks<RequestOf<State, Details>>>,
    Partial<Offers> {
  readonly name: string;
  /** The policy entrypoint that decides its beginnings. */
  readonly entrypoint: string;
  readonly machine: Machine<State, Event>;
  readonly details: z.ZodType<Details>;
  readonly eventTypes: readonly string[];
  /** What happens when a request in this state reaches its `dueAt`. A state that sets one must be here. */
  readonly due: Readonly<Partial<Record<State, Step<State, Details>>>>;
  /** States in which child requests of this capability begin, beside the machine's first. */
  readonly childStates?: readonly State[];
  /** Pure and total over states. */
  readonly surfaces: (request: RequestOf<State, Details>, names: Names) => readonly Surface[];
  /** Surfaces that show entries of the ledger, beside the others; `project_sequenced` refreshes them. */
  readonly fromLedger?: (
    log: LedgerReader,
    request: RequestOf<State, Details>,
    names: Names,
  ) => Promise<readonly Surface[]>;
  /** What this request is, to who judges it without its messages. Pure, and total over states. */
  readonly gist: (request: RequestOf<State, Details>, names: Names) => Gist;
  readonly slack: SlackHandlers;
  /** One plausible set of details a state, for the conformance suite. */
  readonly sample: (state: State) => Details & Json;
}

type OrNull<Type> = { readonly [Member in keyof Type]: Type[Member] | null };

/** A capability as the edges see it: details unparsed, types erased, nothing lost; null is what it does not offer. */
export interface Capability extends OrNull<Hooks<StoredRequest>>, OrNull<Offers> {
  readonly name: string;
  readonly entrypoint: string;
  readonly machine: Machine<string, string>;
  readonly eventTypes: readonly string[];
  readonly dueStates: readonly string[];
  onDue(context: VerbContext, request: StoredRequest): Promise<Outcome<unknown>>;
  readonly childStates: readonly string[];
  surfaces(request: StoredRequest, names: Names): readonly Surface[];
  fromLedger(log: LedgerReader, request: StoredRequest, names: Names): Promise<readonly Surface[]>;
  gist(request: StoredRequest, names: Names): Gist;
  readonly slack: SlackHandlers;
  sample(state: string): Json;
}

/**
 * The contract a capability folder fulfils. Its stored details are parsed here on every way in, so a verb never sees a
 * shape its own schema does not allow.
 */
export function defineCapability<State extends string, Event extends string, Details>(
  definition: CapabilityDefinition<State, Event, Details>,
): Capability {
  const typed = (request: StoredRequest): RequestOf<State, Details> => typedRequest(definition, request);
  const { machine, settle, stop, stops, unvote, told } = definition;
  return {
    name: definition.name,
    entrypoint: definition.entrypoint,
    machine: {
      ...machine,
      next: (state, event) => {
        const known = machine.events.find((candidate) => candidate === event);
        return machine.isState(state) && known !== undefined ? machine.next(state, known) : null;
      },
      isFinal: (state) => machine.isState(state) && machine.isFinal(state),
      isState: (text): text is string => machine.isState(text),
    },
    eventTypes: definition.eventTypes,
    dueStates: machine.states.filter((state) => definition.due[state] !== undefined),
    onDue: async (context, request) => {
      const known = typed(request);
      const step = definition.due[known.state];
      return step === undefined ? { ok: true, value: null } : step(context, known);
    },
    settle: settle === undefined ? null : (context, request, inbox) => settle(context, typed(request), inbox),
    stop: stop === undefined ? null : (context, request, because) => stop(context, typed(request), because),
    stops: stops === undefined ? null : (request, because) => stops(typed(request), because),
    unvote: unvote === undefined ? null : (context, request, taken) => unvote(context, typed(request), taken),
    told: told === undefined ? null : (context, request, sink) => told(context, typed(request), sink),
    childStates: definition.childStates ?? [],
    documents: definition.documents ?? null,
    freeze: definition.freeze ?? null,
    home: definition.home ?? null,
    surfaces: (request, names) => definition.surfaces(typed(request), names),
    fromLedger: async (log, request, names) =>
      (await definition.fromLedger?.(log, typed(request), names)) ?? [],
    gist: (request, names) => definition.gist(typed(request), names),
    slack: definition.slack,
    sample: (state) => {
      if (!machine.isState(state)) throw new RangeError(`${definition.name} has no state ${state}`);
      return definition.sample(state);
    },
  };
}

/** Parses what Postgres holds; a row of another capability or an unknown state is a defect and throws. */
export function typedRequest<State extends string, Event extends string, Details>(
  definition: { name: string; machine: Machine<State, Event>; details: z.ZodType<Details> },
  request: StoredRequest,
): RequestOf<State, Details> {
  if (request.capability !== definition.name) throw new TypeError(`${request.id} is no ${definition.name}`);
  if (!definition.machine.isState(request.state))
    throw new TypeError(`${definition.name} has no state ${request.state}`);
  return { ...request, state: request.state, details: definition.details.parse(request.details) };
}
