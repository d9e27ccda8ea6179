import { make } from './elements.js';
import { messageAt, person } from './state.js';

let menu;

const close = () => {
  menu?.remove();
  menu = undefined;
};

/** Slack keeps an app's message shortcuts behind a message's menu; the stand-in has none: here the right button opens it. */
document.addEventListener('contextmenu', (event) => {
  close();
  const message = messageAt(event.target.closest?.('.msg')?.dataset.ts);
  if (!message || person.shortcuts.length === 0) return;
  event.preventDefault();
  const item = ({ name, callback_id: callbackId }) =>
    make('button', { type: 'button', role: 'menuitem', onclick: () => take(message, callbackId) }, name);
  menu = make('div', { className: 'strict-menu', role: 'menu' }, ...person.shortcuts.map(item));
  menu.style.left = `${event.clientX}px`;
  menu.style.top = `${event.clientY}px`;
  document.body.append(menu);
});

function take({ channel, ts }, callbackId) {
  close();
  person.send({ t: 'shortcut', user: person.id, channel, messageTs: ts, callbackId });
}

document.addEventListener('click', (event) => {
  if (!menu?.contains(event.target)) close();
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') close();
});
