import { make } from './elements.js';

/** Which value key each plain kind of input has, and the HTML input that suits it. */
const PLAIN = {
  plain_text_input: { key: 'value', initial: 'initial_value', html: 'text' },
  number_input: { key: 'value', initial: 'initial_value', html: 'text' },
  email_text_input: { key: 'value', initial: 'initial_value', html: 'email' },
  url_text_input: { key: 'value', initial: 'initial_value', html: 'url' },
  datepicker: { key: 'selected_date', initial: 'initial_date', html: 'date' },
  timepicker: { key: 'selected_time', initial: 'initial_time', html: 'time' },
};

/** Kinds of input of which several options can be chosen. */
const MANY = new Set(['checkboxes', 'multi_static_select']);

/** A control that shows what is entered, else what the app prefilled, and reports every change. */
export function renderInput(block, element, context) {
  const entered = context.entered[block.block_id]?.[element.action_id];
  const report = (key, value) => {
    context.set(block.block_id, element.action_id, { type: element.type, [key]: value });
    if (context.dispatch || block.dispatch_action) {
      context.act({
        type: element.type,
        block_id: block.block_id,
        action_id: element.action_id,
        [key]: value,
      });
    }
  };
  if (element.type in PLAIN) return renderPlain(element, entered, report);
  if (element.type === 'datetimepicker') return renderInstant(element, entered, report);
  if (element.type === 'external_select') return renderSearch(block, element, entered, report, context);
  if (MANY.has(element.type) || element.type === 'radio_buttons') {
    return renderChoices(block, element, entered, report);
  }
  if (element.type === 'static_select' || element.type === 'overflow')
    return renderSelect(element, entered, report);
  return make('span', { className: 'bk-unknown' }, `[${element.type}]`);
}

function renderPlain(element, entered, report) {
  const { key, initial, html } = PLAIN[element.type];
  const control = make(element.multiline ? 'textarea' : 'input', {
    className: 'bk-plain-input',
    value: (entered ? entered[key] : element[initial]) ?? '',
    placeholder: element.placeholder?.text ?? '',
    oninput: (event) => report(key, event.target.value === '' ? null : event.target.value),
  });
  if (element.multiline) control.rows = 4;
  else control.type = html;
  if (element.type === 'number_input') control.inputMode = 'numeric';
  if (element.max_length) control.maxLength = element.max_length;
  return control;
}

/** Slack keeps an instant as Unix seconds and shows it in the reader's own time. */
function renderInstant(element, entered, report) {
  const seconds = entered ? entered.selected_date_time : element.initial_date_time;
  return make('input', {
    className: 'bk-plain-input',
    type: 'datetime-local',
    value: seconds ? localTime(seconds) : '',
    oninput: (event) => {
      const at = new Date(event.target.value).getTime() / 1000;
      report('selected_date_time', Number.isNaN(at) ? null : at);
    },
  });
}

function localTime(seconds) {
  const at = new Date(seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function renderSelect(element, entered, report) {
  const chosen = entered ? entered.selected_option : element.initial_option;
  const groups = element.option_groups ?? [{ options: element.options ?? [] }];
  const options = groups.flatMap((group) => group.options);
  const select = make(
    'select',
    {
      className: 'bk-select',
      onchange: (event) =>
        report('selected_option', options.find((each) => each.value === event.target.value) ?? null),
    },
    make('option', { value: '' }, element.placeholder?.text ?? 'Select'),
    ...groups.map((group) => {
      const items = group.options.map((each) => make('option', { value: each.value }, each.text.text));
      return group.label ? make('optgroup', { label: group.label.text }, ...items) : wrap(items);
    }),
  );
  select.value = chosen?.value ?? '';
  return select;
}

function wrap(nodes) {
  const fragment = document.createDocumentFragment();
  fragment.append(...nodes);
  return fragment;
}

function renderChoices(block, element, entered, report) {
  const many = MANY.has(element.type);
  const initial = many ? element.initial_options : [element.initial_option];
  const before = entered ? (many ? entered.selected_options : [entered.selected_option]) : initial;
  const chosen = new Set((before ?? []).map((option) => option?.value));
  const choose = (option, checked) => {
    if (!many) chosen.clear();
    if (checked) chosen.add(option.value);
    else chosen.delete(option.value);
    const picked = element.options.filter((each) => chosen.has(each.value));
    report(many ? 'selected_options' : 'selected_option', many ? picked : (picked[0] ?? null));
  };
  const rows = element.options.map((option) => {
    const control = make('input', {
      type: many ? 'checkbox' : 'radio',
      name: `${block.block_id}.${element.action_id}`,
      checked: chosen.has(option.value),
      onchange: (event) => choose(option, event.target.checked),
    });
    return make('label', {}, control, ` ${option.text.text}`);
  });
  return make('div', { className: 'bk-options', role: 'group' }, ...rows);
}

/** Searches waiting for the app's options: request id → what to do with them. */
const searches = new Map();
let lastSearch = 0;

/** The app's options have come. */
export function offer({ id, options = [], option_groups: groups = [] }) {
  searches.get(id)?.([...options, ...groups.flatMap((group) => group.options)]);
  searches.delete(id);
}

/** A text field whose options the app is asked for as the person types; a choice is one of them. */
function renderSearch(block, element, entered, report, context) {
  const chosen = entered ? entered.selected_option : element.initial_option;
  const list = make('div', { className: 'strict-options', role: 'listbox' });
  const field = make('input', {
    className: 'bk-plain-input',
    value: chosen?.text.text ?? '',
    placeholder: element.placeholder?.text ?? 'Type to search',
    autocomplete: 'off',
    role: 'combobox',
    'aria-expanded': 'false',
  });
  const pick = (option) => {
    field.value = option?.text.text ?? '';
    list.replaceChildren();
    report('selected_option', option ?? null);
  };
  const search = () => {
    if (field.value.length < (element.min_query_length ?? 3)) return;
    lastSearch += 1;
    const id = `s${lastSearch}`;
    searches.set(id, (options) => {
      const choose = (option) => (event) => {
        event.preventDefault();
        pick(option);
      };
      const rows = options.map((option) =>
        make(
          'div',
          { className: 'strict-option', role: 'option', onmousedown: choose(option) },
          option.text.text,
        ),
      );
      list.replaceChildren(
        ...(rows.length > 0 ? rows : [make('div', { className: 'strict-none' }, 'No results')]),
      );
      field.setAttribute('aria-expanded', 'true');
    });
    context.suggest({ id, block_id: block.block_id, action_id: element.action_id, value: field.value });
  };
  field.addEventListener('focus', search);
  field.addEventListener('input', search);
  field.addEventListener('blur', () => {
    list.replaceChildren();
    if (field.value === '') pick(undefined);
  });
  return make('div', { className: 'strict-search' }, field, list);
}
