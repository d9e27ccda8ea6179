import type { KnownBlock, View } from '@slack/types';
import type { z } from 'zod';
import type { Json } from '../core/canonical.js';
import type { Clock } from '../core/clock.js';
import type { Machine } from '../core/machine.js';
import type { Outcome } from '../core/outcome.js';
import type { PacketId, PrincipalId, TenantId } from '../core/tenant.js';
import type { PacketPayload, Receipt } from '../packet/index.js';
import type { Policy } from '../policy/index.js';
import type { Stop, Store, StoredRequest } from '../store/index.js';
import type { Sources } from './sources.js';

export type { Stop };

/** All a verb may reach. Built once a process by deps.ts; nothing here is global. */
export interface VerbContext {
  readonly tenant: TenantId;
  readonly clock: Clock;
  readonly store: Store;
  readonly policy: Policy;
  readonly directory: Directory;
  /** Signs with this process's own key; throws on a packet kind the process has no key for. */
  readonly sign: (payload: PacketPayload) => Uint8Array;
  /** Waits for a packet's verified receipt; null when none came within `seconds`. */
  readonly awaitReceipt: (packetId: PacketId, seconds: number) => Promise<Receipt | null>;
  readonly sources: Sources;
}

/** Whether people are still who the organisation's files say, asked of Slack itself when a vote counts. */
export interface Directory {
  /** @throws CountersignError `directory_unreachable`: unknown is not a no, and never a yes. */
  standing(principal: PrincipalId): Promise<'active' | 'deactivated' | 'guest'>;
}

export type RequestOf<State extends string, Details> = Omit<StoredRequest, 'details' | 'state'> & {
  readonly state: State;
  readonly details: Details;
};

/** A settled receipt's place in the inbox; commit() moves it to the receipts as it is consumed. */
export interface InboxReceipt {
  readonly inboxId: bigint;
  readonly receipt: Receipt;
}

/** The channels Countersign speaks in; which ones they are is configuration. */
export type ChannelName = 'requests' | 'codex-hps';

/** A thread of people's own, in which something was asked; where Countersign is no member nothing is shown. */
export interface Thread {
  readonly channel: string;
  readonly ts: string;
}

/** One Slack message a request should have now. The projector posts or updates it; it never carries a secret. */
export interface Surface {
  /** Stable within the request, e.g. `card`, `thread:ask`, `dm:outcome:alice`. */
  readonly name: string;
  readonly at:
    | { readonly channel: ChannelName }
    | { readonly person: PrincipalId }
    | { readonly thread: Thread };
  /** The surface in whose thread this one stands. */
  readonly under?: string;
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  /** Once Slack has it, the capability's `told` hears of it. */
  readonly isAlert?: true;
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

/** How views name people and systems; a view gets nothing else from outside its request. */
export interface Names {
  person(principal: PrincipalId): string;
  mention(principal: PrincipalId): string;
  system(id: string): string;
  scope(system: string, scope: string): string;
}

export type SlackAnswer =
  | { readonly show: 'modal'; readonly view: View }
  /** In place of the modal that was submitted, or in which a control was used; elsewhere a modal of its own. */
  | { readonly show: 'update'; readonly view: View }
  /** A modal whose content takes a moment: `loading` opens at once (a trigger lives 3 s), `fill` replaces it. */
  | { readonly show: 'modal_later'; readonly loading: View; readonly fill: () => Promise<View> }
  /** To the person who acted, and nobody else: where they acted in a channel, else in a modal. */
  | {
      readonly show: 'private';
      readonly text: string;
      readonly blocks?: readonly KnownBlock[];
      /** In place of the private message in which a button was pressed. */
      readonly replace?: boolean;
    }
  /** Under the inputs of the submitted modal, by block id. */
  | { readonly show: 'errors'; readonly errors: Readonly<Record<string, string>> }
  | { readonly show: 'nothing' };

export interface SlackCall {
  readonly by: PrincipalId;
  /** This delivery's own key; commit() takes it once. */
  readonly input: string;
}

export interface SlackHandlers {
  readonly commands: readonly {
    readonly name: `/${string}`;
    readonly run: (context: VerbContext, call: SlackCall & { text: string }) => Promise<SlackAnswer>;
  }[];
  readonly actions: readonly {
    readonly actionId: string;
    /** `value`: of the button, or what was chosen or typed. `view`: the modal the control stands in, where it does. */
    readonly run: (
      context: VerbContext,
      call: SlackCall & {
        value: string;
        view?: { readonly metadata: string; readonly values: Readonly<Record<string, string | null>> };
      },
    ) => Promise<SlackAnswer>;
  }[];
  readonly submissions: readonly {
    readonly callbackId: string;
    /** `values` by block id: what the person typed or chose (several as `a,b`), or null where the input was left empty. */
    readonly run: (
      context: VerbContext,
      call: SlackCall & { metadata: string; values: Readonly<Record<string, string | null>> },
    ) => Promise<SlackAnswer>;
  }[];
  /** What an external select offers while somebody types; at most 100, the best first. */
  readonly options?: readonly {
    readonly actionId: string;
    readonly run: (
      context: VerbContext,
      call: { by: PrincipalId; query: string },
    ) => Promise<readonly { text: string; value: string }[]>;
  }[];
  /** Message shortcuts: the way in from a thread, where slash commands do not work. */
  readonly shortcuts?: readonly {
    readonly callbackId: string;
    /** `text`: the message's own; `thread`: the one it stands in, or would start. */
    readonly run: (
      context: VerbContext,
      call: SlackCall & { text: string; thread: Thread },
    ) => Promise<SlackAnswer>;
  }[];
}

/** One entry of a person's App Home: what waits for them, what they hold, what was. */
export interface HomeItem {
  readonly section: 'waiting' | 'access' | 'history';
  /** Waiting: since when. Access: until when. History: when it was over. Orders the section. */
  readonly at: Date;
  readonly blocks: readonly KnownBlock[];
}

export type Step<State extends string, Details> = (
  context: VerbContext,
  request: RequestOf<State, Details>,
) => Promise<Outcome<unknown>>;

/** A vote, by its id, and why it counts no more. */
export interface Taken {
  readonly vote: string;
  readonly because: Stop;
}

export interface CapabilityDefinition<State extends string, Event extends string, Details> {
  readonly name: string;
  /** The policy entrypoint that decides its beginnings. */
  readonly entrypoint: string;
  readonly machine: Machine<State, Event>;
  readonly details: z.ZodType<Details>;
  readonly eventTypes: readonly string[];
  /** What happens when a request in this state reaches its `dueAt`. A state that sets one must be here. */
  readonly due: Readonly<Partial<Record<State, Step<State, Details>>>>;
  /** Absent where nothing is ever sent to the doer: a receipt for such a request is rejected. */
  readonly settle?: (
    context: VerbContext,
    request: RequestOf<State, Details>,
    inbox: InboxReceipt,
  ) => Promise<Outcome<unknown>>;
  /**
   * Ends or closes this request whatever its state, on an obligation: somebody was frozen or has left, an incident is
   * being contained, or what somebody did is recalled. Repeats safely; a final state is left as it is.
   */
  readonly stop?: (
    context: VerbContext,
    request: RequestOf<State, Details>,
    because: Stop,
  ) => Promise<Outcome<unknown>>;
  /**
   * Takes a standing vote of somebody who has no power any more back from what is approved and has not begun. Repeats
   * safely. What is `pending` needs nobody's help for that.
   */
  readonly unvote?: (
    context: VerbContext,
    request: RequestOf<State, Details>,
    taken: Taken,
  ) => Promise<Outcome<unknown>>;
  /** An alert of this request arrived, outside Slack or in it; may come more than once. */
  readonly told?: (
    context: VerbContext,
    request: RequestOf<State, Details>,
    sink: AlertSink,
  ) => Promise<Outcome<unknown>>;
  readonly documents?: Documents;
  /** States in which child requests of this capability begin, beside the machine's first. */
  readonly childStates?: readonly State[];
  /** The one capability that takes all power from a person at once offers it here. */
  readonly freeze?: (
    context: VerbContext,
    freeze: { readonly person: PrincipalId; readonly because: Stop },
  ) => Promise<Outcome<unknown>>;
  /** What this person's App Home shows of this capability. */
  readonly home?: (context: VerbContext, person: PrincipalId, names: Names) => Promise<readonly HomeItem[]>;
  /** Pure and total over states. */
  readonly surfaces: (request: RequestOf<State, Details>, names: Names) => readonly Surface[];
  readonly slack: SlackHandlers;
  /** One plausible set of details a state, for the conformance suite. */
  readonly sample: (state: State) => Details & Json;
}

/** A capability as the edges see it: details unparsed, types erased, nothing lost. */
export interface Capability {
  readonly name: string;
  readonly entrypoint: string;
  readonly machine: Machine<string, string>;
  readonly eventTypes: readonly string[];
  readonly dueStates: readonly string[];
  onDue(context: VerbContext, request: StoredRequest): Promise<Outcome<unknown>>;
  readonly settle:
    | ((context: VerbContext, request: StoredRequest, inbox: InboxReceipt) => Promise<Outcome<unknown>>)
    | null;
  readonly stop:
    | ((context: VerbContext, request: StoredRequest, because: Stop) => Promise<Outcome<unknown>>)
    | null;
  readonly unvote:
    | ((context: VerbContext, request: StoredRequest, taken: Taken) => Promise<Outcome<unknown>>)
    | null;
  readonly told:
    | ((context: VerbContext, request: StoredRequest, sink: AlertSink) => Promise<Outcome<unknown>>)
    | null;
  readonly childStates: readonly string[];
  readonly documents: Documents | null;
  readonly freeze: CapabilityDefinition<string, string, unknown>['freeze'] | null;
  readonly home: CapabilityDefinition<string, string, unknown>['home'] | null;
  surfaces(request: StoredRequest, names: Names): readonly Surface[];
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
  const { machine, settle, stop, unvote, told } = definition;
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
    unvote: unvote === undefined ? null : (context, request, taken) => unvote(context, typed(request), taken),
    told: told === undefined ? null : (context, request, sink) => told(context, typed(request), sink),
    childStates: definition.childStates ?? [],
    documents: definition.documents ?? null,
    freeze: definition.freeze ?? null,
    home: definition.home ?? null,
    surfaces: (request, names) => definition.surfaces(typed(request), names),
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
