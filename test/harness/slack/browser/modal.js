import { renderBlock } from './blocks.js';
import { make } from './elements.js';
import { offer } from './inputs.js';
import { person } from './state.js';

/** The view on screen, and what the person entered in it: block id → action id → value. */
let shown;

/** Draws the top of the person's stack; what they typed survives an update of the same view. */
export function showTop(stack) {
  const view = stack.at(-1);
  const entered = view && view.id === shown?.view.id ? shown.entered : {};
  shown?.dialog.remove();
  shown = view && { view, entered, dialog: undefined };
  if (!shown) return;
  shown.dialog = draw(view, entered);
  document.body.append(shown.dialog);
  shown.dialog.querySelector('input, textarea, select, .modal-btn.primary')?.focus();
}

/** Every error under its own field; what belongs to no field stands at the foot. */
export function showErrors(errors) {
  if (!shown) return;
  setBusy(false);
  for (const old of shown.dialog.querySelectorAll('.modal-error')) old.remove();
  for (const [blockId, sentence] of Object.entries(errors)) {
    const field = shown.dialog.querySelector(`[data-block-id="${CSS.escape(blockId)}"]`);
    (field ?? shown.dialog.querySelector('.modal-body')).append(
      make('div', { className: 'modal-error', role: 'alert' }, sentence),
    );
  }
}

export const showSuggestions = (frame) => offer(frame);

const close = () => person.send({ t: 'view_close', user: person.id });

function submit() {
  setBusy(true);
  person.send({ t: 'view_submit', user: person.id, values: shown.entered });
}

function setBusy(busy) {
  const button = shown.dialog.querySelector('.modal-btn.primary');
  if (button) button.disabled = busy;
}

function draw(view, entered) {
  const context = {
    entered,
    set(blockId, actionId, value) {
      entered[blockId] = { ...entered[blockId], [actionId]: value };
    },
    act: (action) => person.send({ t: 'block_action', user: person.id, action, values: entered }),
    suggest: (search) => person.send({ t: 'suggest', user: person.id, values: entered, ...search }),
  };
  const button = (text, className, onclick) => make('button', { type: 'button', className, onclick }, text);
  const dialog = make(
    'div',
    { className: 'modal', role: 'dialog', 'aria-modal': 'true', 'aria-label': view.title.text },
    make(
      'div',
      { className: 'modal-head' },
      make('span', { className: 'modal-title' }, view.title.text),
      make('button', { type: 'button', className: 'modal-x', 'aria-label': 'Close', onclick: close }, '✕'),
    ),
    make('div', { className: 'modal-body' }, ...view.blocks.map((block) => renderBlock(block, context))),
    make(
      'div',
      { className: 'modal-foot' },
      button(view.close?.text ?? (view.submit ? 'Cancel' : 'Close'), 'modal-btn', close),
      view.submit ? button(view.submit.text, 'modal-btn primary', submit) : undefined,
    ),
  );
  return make('div', { className: 'modal-overlay strict-overlay' }, dialog);
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && shown && !document.querySelector('dialog[open]')) close();
});
