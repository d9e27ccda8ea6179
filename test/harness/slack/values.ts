import { type Block, type Element, Json, type Values, type View } from './shapes.js';

/** The key under which each kind of input keeps what was entered, and under which it may be prefilled. */
const KEYS: Readonly<Record<string, { entered: string; initial: string }>> = {
  plain_text_input: { entered: 'value', initial: 'initial_value' },
  number_input: { entered: 'value', initial: 'initial_value' },
  email_text_input: { entered: 'value', initial: 'initial_value' },
  url_text_input: { entered: 'value', initial: 'initial_value' },
  rich_text_input: { entered: 'rich_text_value', initial: 'initial_value' },
  datepicker: { entered: 'selected_date', initial: 'initial_date' },
  timepicker: { entered: 'selected_time', initial: 'initial_time' },
  datetimepicker: { entered: 'selected_date_time', initial: 'initial_date_time' },
  checkboxes: { entered: 'selected_options', initial: 'initial_options' },
  users_select: { entered: 'selected_user', initial: 'initial_user' },
  conversations_select: { entered: 'selected_conversation', initial: 'initial_conversation' },
  channels_select: { entered: 'selected_channel', initial: 'initial_channel' },
  multi_static_select: { entered: 'selected_options', initial: 'initial_options' },
  multi_external_select: { entered: 'selected_options', initial: 'initial_options' },
  multi_users_select: { entered: 'selected_users', initial: 'initial_users' },
};
const SELECT = { entered: 'selected_option', initial: 'initial_option' };
const isList = (entered: string): boolean => entered === 'selected_options' || entered === 'selected_users';

/** A view's stateful elements with the block each sits in. */
function statefulElements(view: Pick<View, 'blocks'>): { block: Block; element: Element }[] {
  return view.blocks.flatMap((block) => {
    if (block.type === 'input' && block.element) return [{ block, element: block.element }];
    const accessory = block.accessory;
    return accessory &&
      accessory.type !== 'image' &&
      accessory.type !== 'button' &&
      accessory.type !== 'overflow'
      ? [{ block, element: accessory }]
      : [];
  });
}

/**
 * `view.state.values` as Slack sends it: what the person entered; for what they did not touch, what the app prefilled;
 * else null. A field present in `entered` counts as touched, so that clearing a prefilled one holds.
 */
export function stateValues(view: Pick<View, 'blocks'>, entered: Values): Values {
  const values: Values = {};
  for (const { block, element } of statefulElements(view)) {
    const blockId = block.block_id ?? '';
    const actionId = element.action_id ?? '';
    const keys = KEYS[element.type] ?? SELECT;
    const given = entered[blockId]?.[actionId];
    const raw = given ? given[keys.entered] : element[keys.initial];
    const value = { type: element.type, [keys.entered]: settled(element, keys.entered, raw) };
    values[blockId] = { ...values[blockId], [actionId]: value };
  }
  return values;
}

function settled(element: Element, key: string, raw: unknown): unknown {
  if (isList(key)) return raw ?? [];
  if (raw === undefined || raw === null || raw === '') return null;
  if (key !== 'selected_option') return raw;
  const chosen = Json.catch({}).parse(raw)['value'];
  return allOptions(element).find((option) => option.value === chosen) ?? raw;
}

function allOptions(element: Element): { value: string }[] {
  return [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];
}

/** What Slack's own client refuses before the app hears of it: block id → the sentence under the field. */
export function entryErrors(view: Pick<View, 'blocks'>, values: Values): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { block, element } of statefulElements(view)) {
    if (block.type !== 'input') continue;
    const blockId = block.block_id ?? '';
    const key = (KEYS[element.type] ?? SELECT).entered;
    const sentence = entryError(block, element, values[blockId]?.[element.action_id ?? '']?.[key]);
    if (sentence) errors[blockId] = sentence;
  }
  return errors;
}

function entryError(block: Block, element: Element, value: unknown): string | undefined {
  const empty = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
  if (empty) return block['optional'] === true ? undefined : 'Please complete this required field.';
  if (element.type === 'number_input') return numberError(element, Number(value));
  if (typeof value !== 'string' || element.type !== 'plain_text_input') return undefined;
  const { min_length: min, max_length: max } = element;
  if (typeof min === 'number' && value.length < min) return `Please enter at least ${min} characters.`;
  if (typeof max === 'number' && value.length > max) return `Please enter at most ${max} characters.`;
  return undefined;
}

function numberError(element: Element, value: number): string | undefined {
  if (Number.isNaN(value)) return 'Please enter a number.';
  if (element['is_decimal_allowed'] !== true && !Number.isInteger(value))
    return 'Please enter a whole number.';
  const { min_value: min, max_value: max } = element;
  if (min !== undefined && value < Number(min)) return `Please enter a number of at least ${String(min)}.`;
  if (max !== undefined && value > Number(max)) return `Please enter a number of at most ${String(max)}.`;
  return undefined;
}
