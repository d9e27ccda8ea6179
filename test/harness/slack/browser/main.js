// Runs before the stand-in's own script and stands between it and the proxy: it draws modals itself, asks before
// what wants confirming, and shows dates and escaped text as Slack does.
import { askFirst } from './confirm.js';
import { showErrors, showSuggestions, showTop } from './modal.js';
import { readable } from './readable.js';
import './shortcuts.js';
import { knownElement, learn, person } from './state.js';

const wanted = new URLSearchParams(location.search).get('as') ?? sessionStorage.getItem('as');

/** Shows a frame to our own parts; gives what the stand-in's page shall see of it. */
function receive(frame) {
  learn(frame);
  switch (frame.t) {
    case 'init':
      showTop(frame.state.modalStack);
      return readable({ ...frame, state: { ...frame.state, modalStack: [] } });
    case 'view':
      showTop(frame.stack);
      return undefined;
    case 'view_errors':
      showErrors(frame.errors);
      return undefined;
    case 'suggestions':
      showSuggestions(frame);
      return undefined;
    default:
      return readable(frame);
  }
}

class PersonalSocket extends WebSocket {
  constructor(url) {
    const personal = new URL(url);
    personal.searchParams.set('as', person.id ?? wanted ?? 'nobody-yet');
    super(personal);
    person.send = (frame) => super.send(JSON.stringify(frame));
  }

  set onmessage(listener) {
    super.onmessage = (event) => {
      const shown = receive(JSON.parse(event.data));
      if (shown) listener({ data: JSON.stringify(shown) });
    };
  }

  send(text) {
    const frame = JSON.parse(text);
    const words = frame.t === 'block_action' ? knownElement(frame)?.confirm : undefined;
    if (words) askFirst(words, () => super.send(text));
    else super.send(text);
  }
}
window.WebSocket = PersonalSocket;

function actAs(id) {
  person.id = id;
  sessionStorage.setItem('as', id);
  person.send?.({ t: 'act_as', user: id });
}

/** The stand-in lets one act as anybody: the proxy hears of it and shows that person's things only. */
const personSelect = () =>
  [...document.querySelectorAll('.actas select')].find((select) =>
    [...select.options].some((option) => person.names.has(option.value)),
  );

document.addEventListener('change', (event) => {
  if (event.target === personSelect()) actAs(event.target.value);
});

new MutationObserver((_changes, observer) => {
  const select = personSelect();
  if (!select?.value) return;
  observer.disconnect();
  if (wanted && person.names.has(wanted) && select.value !== wanted) {
    Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set.call(select, wanted);
    select.dispatchEvent(new Event('change', { bubbles: true }));
  } else actAs(select.value);
}).observe(document, { childList: true, subtree: true, attributes: true });
