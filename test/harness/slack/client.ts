import { z } from 'zod';
import { enteredValues, findElement } from './client-fields.js';
import { followViews } from './client-views.js';
import { Json, Message, type Values, type View } from './shapes.js';
import { waitUntil } from './wait.js';

/** Acts as the workspace's people towards the strict proxy, and sees what they see. All waits have a deadline. */
export type SlackClient = {
  /** Types a slash command; resolves when the app has acknowledged it, or Slack has given up. */
  command(user: string, channel: string, text: string): Promise<void>;
  /** Posts as a person. */
  post(user: string, channel: string, text: string, threadTs?: string): Promise<void>;
  /** Clicks a button of a message. Throws when the message has no such button: nobody can click what is not there. */
  click(user: string, message: Message, actionId: string): Promise<void>;
  /** Takes a message shortcut of the app. */
  shortcut(user: string, message: Pick<Message, 'channel' | 'ts'>, callbackId: string): Promise<void>;
  /** Sends a click Slack would never send: for tests of what the app refuses. */
  forgeClick(user: string, message: Pick<Message, 'channel' | 'ts'>, action: Json): Promise<void>;
  /** Clicks in the person's top modal, else in their App Home. */
  clickView(user: string, actionId: string, values?: Values): Promise<void>;
  /** Chooses an option of a select in the person's top modal that reports each change. */
  choose(user: string, blockId: string, value: string): Promise<void>;
  openHome(user: string): Promise<void>;
  /** Types into an external select of the top modal; gives the options offered. */
  suggestions(user: string, blockId: string, actionId: string, typed: string): Promise<Json[]>;
  /** Deactivates an account, as an administrator of the workspace does. */
  /** `isLost`: the event that tells of it never comes. */
  deactivate(user: string, event?: { isLost: boolean }): Promise<void>;
  /** Presses Submit; untouched fields keep what the app prefilled. `entered` maps block id → value as typed. */
  submit(user: string, entered?: Entered): Promise<void>;
  /** Presses Cancel. */
  cancel(user: string): void;
  modals(user: string): View[];
  waitForModal(user: string, callbackId: string, deadlineMs?: number): Promise<View>;
  /** Until it closes; one that took longer than Slack waits asks to be closed, and is. */
  waitForNoModal(user: string): Promise<void>;
  /** The errors under the fields of the top modal: block id → sentence. */
  waitForErrors(user: string): Promise<Record<string, string>>;
  /** The same as they are now; `undefined` where there are none. */
  errors(user: string): Record<string, string> | undefined;
  waitForHome(user: string, matches?: (view: View) => boolean): Promise<View>;
  /** What a channel holds for everybody. */
  messages(channel: string): Promise<Message[]>;
  waitForMessage(
    channel: string,
    matches: (message: Message) => boolean,
    deadlineMs?: number,
  ): Promise<Message>;
  /** What only this person sees in a channel. */
  ephemerals(user: string, channel: string): Promise<Message[]>;
  waitForEphemeral(user: string, channel: string, matches: (message: Message) => boolean): Promise<Message>;
  /** The direct message between the app and a person; `undefined` before the first. */
  directMessages(user: string): Promise<Message[]>;
  close(): void;
};

/** A string is typed text, a chosen option's value, or `null` for a cleared field. */
export type Entered = Record<string, string | null>;

const CLOSE_THIS = 'Done. You can close this.';

const Channels = z.looseObject({
  channels: z.array(z.looseObject({ id: z.string(), is_im: z.boolean(), members: z.array(z.string()) })),
});

/** Connects to the proxy at `url`; resolves when the current state has arrived. */
export async function connectSlackClient(url: string): Promise<SlackClient> {
  const seen = followViews(url);
  await seen.ready;
  const control = (path: string, body?: Json) => callControl(url, path, body);
  const top = (user: string) => seen.stacks.get(user)?.at(-1);

  async function allMessages(channel: string): Promise<Message[]> {
    return z.object({ messages: z.array(Message) }).parse(await control(`/messages/${channel}`)).messages;
  }
  const ephemerals = async (user: string, channel: string) =>
    (await allMessages(channel)).filter((message) => message.ephemeral_to === user);
  const messages = async (channel: string) =>
    (await allMessages(channel)).filter((message) => message.subtype !== 'ephemeral');

  return {
    async command(user, channel, text) {
      const [command = '', ...rest] = text.split(' ');
      await control('/command', { user, channel, command, text: rest.join(' ') });
    },
    async post(user, channel, text, threadTs) {
      await control('/message', { user, channel, text, thread_ts: threadTs });
    },
    async click(user, message, actionId) {
      const action = findElement(message.blocks ?? [], actionId);
      if (!action) throw new Error(`The message has no ${actionId} to click.`);
      await control('/interact', { user, channel: message.channel, messageTs: message.ts, action });
    },
    async shortcut(user, { channel, ts }, callbackId) {
      await control('/shortcut', { user, channel, messageTs: ts, callbackId });
    },
    async forgeClick(user, message, action) {
      await control('/interact', { user, channel: message.channel, messageTs: message.ts, action });
    },
    async clickView(user, actionId, values = {}) {
      const action = findElement((top(user) ?? seen.homes.get(user))?.blocks ?? [], actionId);
      if (!action) throw new Error(`The view has no ${actionId} to click.`);
      await control('/interact', { user, action, values });
    },
    async choose(user, blockId, value) {
      const view = top(user);
      const element = view?.blocks.find((block) => block.block_id === blockId)?.element;
      if (!view || !element) throw new Error(`The modal has no field ${blockId}.`);
      const { type, action_id } = element;
      const action = { type, action_id, block_id: blockId, selected_option: { value } };
      await control('/interact', { user, action, values: enteredValues(view, { [blockId]: value }) });
    },
    async openHome(user) {
      await control('/open-home', { user });
    },
    async deactivate(user, event = { isLost: false }) {
      await control('/deactivate', { user, ...event });
    },
    async suggestions(user, blockId, actionId, typed) {
      const answer = await control('/suggest', {
        user,
        block_id: blockId,
        action_id: actionId,
        value: typed,
      });
      return z.looseObject({ options: z.array(Json).default([]) }).parse(answer).options;
    },
    async submit(user, entered = {}) {
      const view = top(user);
      if (!view) throw new Error(`${user} has no modal to submit.`);
      seen.errors.delete(user);
      seen.send({ t: 'view_submit', user, values: enteredValues(view, entered) });
      await waitUntil(
        'the submission is answered',
        () => top(user)?.hash !== view.hash || seen.errors.has(user),
      );
    },
    cancel: (user) => seen.send({ t: 'view_close', user }),
    modals: (user) => seen.stacks.get(user) ?? [],
    waitForModal: (user, callbackId, deadlineMs) =>
      waitUntil(
        `the modal ${callbackId}`,
        () => {
          const view = top(user);
          return view?.callback_id === callbackId && view;
        },
        deadlineMs,
      ),
    async waitForNoModal(user) {
      const isDone = () => JSON.stringify(top(user)).includes(CLOSE_THIS);
      await waitUntil('the modal is done with', () => top(user) === undefined || isDone());
      if (top(user)) seen.send({ t: 'view_close', user });
      await waitUntil('no modal', () => top(user) === undefined);
    },
    errors: (user) => seen.errors.get(user),
    waitForErrors: (user) => waitUntil('errors in the modal', () => seen.errors.get(user)),
    waitForHome: (user, matches = () => true) =>
      waitUntil('the App Home', () => {
        const view = seen.homes.get(user);
        return view && matches(view) && view;
      }),
    messages,
    waitForMessage: (channel, matches, deadlineMs) =>
      waitUntil('a message', async () => (await messages(channel)).findLast(matches), deadlineMs),
    ephemerals,
    waitForEphemeral: (user, channel, matches) =>
      waitUntil('an ephemeral', async () => (await ephemerals(user, channel)).findLast(matches)),
    async directMessages(user) {
      const { channels } = Channels.parse(await control('/state'));
      const direct = channels.find((channel) => channel.is_im && channel.members.includes(user));
      return direct ? messages(direct.id) : [];
    },
    close: seen.close,
  };
}

async function callControl(url: string, path: string, body: Json | undefined): Promise<unknown> {
  const response = await fetch(`${url}/_control${path}`, {
    ...(body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}
