import WebSocket from 'ws';
import { z } from 'zod';
import type { Frame } from './feed.js';
import { parseJson } from './http.js';
import { type View, ViewDraft } from './shapes.js';

const AnyView = ViewDraft.extend({
  id: z.string(),
  hash: z.string(),
  root_view_id: z.string(),
  previous_view_id: z.string().nullable(),
});
const ViewFrame = z.looseObject({ user: z.string(), stack: z.array(AnyView) });
const HomeFrame = z.looseObject({ user: z.string(), view: AnyView });
const ErrorsFrame = z.looseObject({ user: z.string(), errors: z.record(z.string(), z.string()) });
const InitFrame = z.looseObject({
  state: z.looseObject({
    modalStacks: z.record(z.string(), z.array(AnyView)),
    homeViews: z.record(z.string(), z.record(z.string(), AnyView)),
  }),
});

/** Follows everybody's modals and App Homes over the UI's WebSocket. */
export function followViews(url: string) {
  const stacks = new Map<string, View[]>();
  const homes = new Map<string, View>();
  const errors = new Map<string, Record<string, string>>();
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ui`);

  function apply(frame: Frame): void {
    if (frame.t === 'init') {
      const { state } = InitFrame.parse(frame);
      for (const [user, stack] of Object.entries(state.modalStacks)) stacks.set(user, stack);
      for (const [user, views] of Object.entries(state.homeViews)) {
        for (const view of Object.values(views)) homes.set(user, view);
      }
    } else if (frame.t === 'view') {
      const { user, stack } = ViewFrame.parse(frame);
      stacks.set(user, stack);
      errors.delete(user);
    } else if (frame.t === 'home') {
      const { user, view } = HomeFrame.parse(frame);
      homes.set(user, view);
    } else if (frame.t === 'view_errors') {
      const parsed = ErrorsFrame.parse(frame);
      errors.set(parsed.user, parsed.errors);
    }
  }

  const ready = new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('message', (data) => {
      apply(z.looseObject({ t: z.string() }).parse(parseJson(data.toString())));
      resolve();
    });
  });
  return {
    stacks,
    homes,
    errors,
    ready,
    send: (frame: Frame) => socket.send(JSON.stringify(frame)),
    close: () => socket.terminate(),
  };
}
