import type { KnownBlock, View } from '@slack/types';
import type { PrincipalId } from '../core/tenant.js';
import type { Thread } from './surfaces.js';
import type { VerbContext } from './verb-context.js';

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

/** What the inputs of a modal hold, by block id: typed or chosen (several as `a,b`); null where one was left empty. */
export type Values = Readonly<Record<string, string | null>>;

export type CommandCall = SlackCall & { text: string };

/** `value`: of the button, or what was chosen or typed. `view`: the modal the control stands in, where it does. */
export type ActionCall = SlackCall & {
  value: string;
  view?: { readonly metadata: string; readonly values: Values };
};

/** `receivedAt`: when this process had it, before it waited for anything. */
export type SubmissionCall = SlackCall & { metadata: string; values: Values; receivedAt: Date };

export interface SlackHandlers {
  readonly commands: readonly {
    readonly name: `/${string}`;
    /** Whether these words are answered with a modal: where that is late, a view says so. */
    readonly opensModal?: (text: string) => boolean;
    readonly run: (context: VerbContext, call: CommandCall) => Promise<SlackAnswer>;
  }[];
  readonly actions: readonly {
    readonly actionId: string;
    /** It answers with a modal: where that is late, a view says so. Shortcuts always do. */
    readonly opensModal?: boolean;
    readonly run: (context: VerbContext, call: ActionCall) => Promise<SlackAnswer>;
  }[];
  readonly submissions: readonly {
    readonly callbackId: string;
    readonly run: (context: VerbContext, call: SubmissionCall) => Promise<SlackAnswer>;
    /** The same form again, once it moved the request of this number: what its lost answer was. */
    readonly taken?: (context: VerbContext, call: SlackCall, number: number) => Promise<SlackAnswer>;
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
