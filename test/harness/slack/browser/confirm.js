import { make } from './elements.js';
import { renderText } from './mrkdwn.js';

/** The confirmation dialog of a button or select; `proceed` runs when the person agrees. */
export function askFirst(words, proceed) {
  const dialog = make('dialog', { className: 'strict-confirm', 'aria-label': words.title.text });
  const button = (text, className, onclick) => make('button', { type: 'button', className, onclick }, text);
  dialog.append(
    make('div', { className: 'modal-head' }, make('span', { className: 'modal-title' }, words.title.text)),
    make('div', { className: 'modal-body' }, renderText(words.text)),
    make(
      'div',
      { className: 'modal-foot' },
      button(words.deny.text, 'modal-btn', () => dialog.close()),
      button(words.confirm.text, `modal-btn primary ${words.style ?? ''}`, () => {
        dialog.close();
        proceed();
      }),
    ),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
