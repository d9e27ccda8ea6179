import type { Feed } from './feed.js';
import { slackId } from './ids.js';
import { type Json, type View, ViewDraft } from './shapes.js';

type Result = { ok: true; view: View } | { ok: false; error: string };
type Address = { view_id?: unknown; external_id?: unknown; hash?: unknown };

/** Every person's own stack of modals and own App Home. */
export type Views = {
  stack(user: string): View[];
  stacks(): Record<string, View[]>;
  /** Whose stack changed last. */
  lastUser(): string | undefined;
  home(user: string): View | undefined;
  homes(): Record<string, View>;
  open(user: string, draft: unknown): Result;
  push(user: string, draft: unknown): Result;
  update(address: Address, draft: unknown): Result;
  publish(user: string, hash: unknown, draft: unknown): Result;
  /** Back to the view below the top one. */
  pop(user: string): View | undefined;
  clear(user: string): void;
  owner(viewId: string): string | undefined;
  reset(): void;
};

const STACK_LIMIT = 3;

export function createViews(options: { feed: Feed; common: Json; appId: string }): Views {
  const { feed } = options;
  const stacks = new Map<string, View[]>();
  const homes = new Map<string, View>();
  let last: string | undefined;

  function show(user: string, stack: View[]): void {
    stacks.set(user, stack);
    last = user;
    feed.publish({ t: 'view', user, stack });
  }

  function create(input: unknown, above: View | undefined): View | undefined {
    const draft = ViewDraft.safeParse(input);
    if (!draft.success) return undefined;
    const id = slackId('V');
    return {
      private_metadata: '',
      callback_id: '',
      external_id: '',
      clear_on_close: false,
      notify_on_close: false,
      ...withIds(draft.data),
      ...options.common,
      id,
      hash: newHash(),
      state: { values: {} },
      previous_view_id: above?.id ?? null,
      root_view_id: above?.root_view_id ?? id,
    };
  }

  function taken(draft: unknown): boolean {
    const externalId = ViewDraft.safeParse(draft).data?.external_id;
    return Boolean(externalId) && [...stacks.values()].flat().some((view) => view.external_id === externalId);
  }

  function locate(address: Address): { user: string; stack: View[]; at: number } | undefined {
    for (const [user, stack] of stacks) {
      const at = stack.findIndex((view) =>
        address.view_id
          ? view.id === address.view_id
          : Boolean(address.external_id) && view.external_id === address.external_id,
      );
      if (at >= 0) return { user, stack, at };
    }
    return undefined;
  }

  return {
    stack: (user) => stacks.get(user) ?? [],
    stacks: () => Object.fromEntries(stacks),
    lastUser: () => last,
    home: (user) => homes.get(user),
    homes: () => Object.fromEntries(homes),
    open(user, draft) {
      if (taken(draft)) return { ok: false, error: 'duplicate_external_id' };
      const view = create(draft, undefined);
      if (!view) return { ok: false, error: 'invalid_arguments' };
      show(user, [view]);
      return { ok: true, view };
    },
    push(user, draft) {
      const stack = stacks.get(user) ?? [];
      if (stack.length >= STACK_LIMIT) return { ok: false, error: 'push_limit_reached' };
      if (taken(draft)) return { ok: false, error: 'duplicate_external_id' };
      const view = create(draft, stack.at(-1));
      if (!view) return { ok: false, error: 'invalid_arguments' };
      show(user, [...stack, view]);
      return { ok: true, view };
    },
    update(address, input) {
      const place = locate(address);
      const old = place?.stack[place.at];
      if (!place || !old) return { ok: false, error: 'not_found' };
      if (address.hash && address.hash !== old.hash) return { ok: false, error: 'hash_conflict' };
      const fresh = create(input, undefined);
      if (!fresh) return { ok: false, error: 'invalid_arguments' };
      const view: View = {
        ...fresh,
        id: old.id,
        root_view_id: old.root_view_id,
        previous_view_id: old.previous_view_id,
        ...(!fresh.external_id && old.external_id && { external_id: old.external_id }),
      };
      show(place.user, place.stack.with(place.at, view));
      return { ok: true, view };
    },
    publish(user, hash, input) {
      const old = homes.get(user);
      if (hash && old && hash !== old.hash) return { ok: false, error: 'hash_conflict' };
      const fresh = create(input, undefined);
      if (fresh?.type !== 'home') return { ok: false, error: 'invalid_arguments' };
      const id = old?.id ?? fresh.id;
      const view = { ...fresh, id, root_view_id: id };
      homes.set(user, view);
      feed.publish({ t: 'home', user, appId: options.appId, view });
      return { ok: true, view };
    },
    pop(user) {
      const stack = stacks.get(user) ?? [];
      const top = stack.at(-1);
      if (top) show(user, stack.slice(0, -1));
      return top;
    },
    clear: (user) => show(user, []),
    owner: (viewId) =>
      [...stacks].find(([, stack]) => stack.some((view) => view.id === viewId))?.[0] ??
      [...homes].find(([, view]) => view.id === viewId)?.[0],
    reset() {
      stacks.clear();
      homes.clear();
      last = undefined;
    },
  };
}

/** Slack names the blocks and elements that the app left unnamed; a state without names would lose values. */
function withIds<T extends { blocks: ViewDraft['blocks'] }>(content: T): T {
  const named = content.blocks.map((block) => ({
    ...block,
    block_id: block.block_id ?? slackId('').slice(0, 5),
    ...(block.element && {
      element: { ...block.element, action_id: block.element.action_id ?? slackId('').slice(0, 5) },
    }),
  }));
  return { ...content, blocks: named };
}

const newHash = (): string => `${Math.floor(Date.now() / 1000)}.${slackId('').slice(0, 8)}`;
