/** Whom this browser acts as, and how it reaches the proxy. */
export const person = { id: undefined, names: new Map(), shortcuts: [], send: undefined };

const messages = new Map();
const homes = new Map();
const keyOf = (message) => `${message.channel}:${message.ts}`;

/** Remembers what a click may refer to. */
export function learn(frame) {
  if (frame.t === 'init') {
    person.shortcuts = frame.state.shortcuts;
    person.names = new Map(frame.state.users.map((user) => [user.id, user.real_name ?? user.name]));
    for (const message of Object.values(frame.state.messages).flat()) messages.set(keyOf(message), message);
    for (const [user, views] of Object.entries(frame.state.homeViews))
      homes.set(user, Object.values(views)[0]);
  }
  if (frame.t === 'message' || frame.t === 'message_update')
    messages.set(keyOf(frame.message), frame.message);
  if (frame.t === 'home') homes.set(frame.user, frame.view);
}

/** The message with this timestamp, in whichever channel it stands. */
export const messageAt = (ts) => [...messages.values()].find((message) => message.ts === ts);

/** The element a `block_action` frame is about, as the app sent it. */
export function knownElement({ channel, messageTs, user, action }) {
  const blocks = (messageTs ? messages.get(`${channel}:${messageTs}`) : homes.get(user))?.blocks ?? [];
  return blocks
    .flatMap((block) => [...(block.elements ?? []), block.accessory, block.element])
    .find(
      (element) => element?.action_id === action.action_id && (element.value ?? '') === (action.value ?? ''),
    );
}
