import type { KnownBlock } from '@slack/types';
import type { PrincipalId } from '../core/tenant.js';

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

/** How views name people and systems; a view gets nothing else from outside its request. */
export interface Names {
  person(principal: PrincipalId): string;
  mention(principal: PrincipalId): string;
  system(id: string): string;
  scope(system: string, scope: string): string;
}

/** What a request is, in mrkdwn whose values are cut and escaped; `words` are somebody's own, as they wrote them. */
export interface Gist {
  readonly what: string;
  readonly status: string;
  readonly words: string;
}

/** One entry of a person's App Home: what waits for them, what they hold, what was. */
export interface HomeItem {
  readonly section: 'waiting' | 'access' | 'history';
  /** Waiting: since when. Access: until when. History: when it was over. Orders the section. */
  readonly at: Date;
  readonly blocks: readonly KnownBlock[];
}
