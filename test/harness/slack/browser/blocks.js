import { askFirst } from './confirm.js';
import { make } from './elements.js';
import { renderInput } from './inputs.js';
import { renderText } from './mrkdwn.js';

/** One block of a modal. `context` keeps what is entered and sends what is clicked. */
export function renderBlock(block, context) {
  switch (block.type) {
    case 'header':
      return make('div', { className: 'bk-header' }, block.text.text);
    case 'divider':
      return make('hr', { className: 'bk-divider' });
    case 'context':
      return make(
        'div',
        { className: 'bk-context' },
        ...block.elements.map((each) =>
          make('span', { className: 'bk-context-text' }, renderElement(block, each, context)),
        ),
      );
    case 'section':
      return renderSection(block, context);
    case 'actions':
      return make(
        'div',
        { className: 'bk-actions' },
        ...block.elements.map((each) => renderElement(block, each, context)),
      );
    case 'image':
      return make('figure', { className: 'bk-image' }, renderElement(block, block, context));
    case 'input':
      return renderField(block, context);
    default:
      return make('div', { className: 'bk-unknown' }, `[${block.type}]`);
  }
}

function renderSection(block, context) {
  const fields = block.fields?.map((each) => make('div', { className: 'bk-field' }, renderText(each)));
  return make(
    'div',
    { className: 'bk-section' },
    block.text && make('div', { className: 'bk-text' }, renderText(block.text)),
    fields && make('div', { className: 'bk-fields' }, ...fields),
    block.accessory && renderElement(block, block.accessory, context),
  );
}

function renderField(block, context) {
  const id = `field-${block.block_id}`;
  const hint = block.hint && make('div', { className: 'bk-hint', id: `${id}-hint` }, block.hint.text);
  const control = renderInput(block, block.element, context);
  const focusable = control.querySelector('[role=combobox]') ?? control;
  focusable.id = id;
  if (hint) focusable.setAttribute('aria-describedby', hint.id);
  const optional = block.optional ? make('span', { className: 'strict-optional' }, ' (optional)') : undefined;
  return make(
    'div',
    { className: 'bk-input', 'data-block-id': block.block_id },
    make('label', { className: 'bk-label', htmlFor: id }, block.label.text, optional),
    control,
    hint,
  );
}

function renderElement(block, element, context) {
  switch (element.type) {
    case 'plain_text':
    case 'mrkdwn':
      return renderText(element);
    case 'image':
      return make('img', { className: 'bk-accessory-img', src: element.image_url, alt: element.alt_text });
    case 'button':
      return renderButton(block, element, context);
    default:
      return renderInput(block, element, { ...context, dispatch: true });
  }
}

function renderButton(block, element, context) {
  const action = {
    type: 'button',
    block_id: block.block_id,
    action_id: element.action_id,
    value: element.value,
    text: element.text,
  };
  const click = () => context.act(action);
  return make(
    'button',
    {
      type: 'button',
      className: `bk-button ${element.style ? `bk-${element.style}` : ''}`,
      onclick: () => (element.confirm ? askFirst(element.confirm, click) : click()),
      ...(element.accessibility_label && { 'aria-label': element.accessibility_label }),
    },
    element.text.text,
  );
}
