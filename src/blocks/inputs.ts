import type {
  DateTimepicker,
  ExternalSelect,
  InputBlock,
  InputBlockElement,
  MultiExternalSelect,
  MultiStaticSelect,
  NumberInput,
  PlainTextInput,
  PlainTextOption,
  StaticSelect,
} from '@slack/types';
import { plainText, truncate } from './text.js';

export type InputWords = {
  blockId: string;
  label: string;
  element: InputBlockElement;
  hint?: string;
  optional?: boolean;
  /** Ask for `block_actions` on every change, e.g. to refresh what depends on this field. */
  dispatchAction?: boolean;
};

/** A labelled field of a modal. Hints, not placeholders: a placeholder is gone when it is needed. */
export function input(words: InputWords): InputBlock {
  return {
    type: 'input',
    block_id: words.blockId,
    label: plainText(words.label, 2000),
    element: words.element,
    optional: words.optional ?? false,
    ...(words.hint && { hint: plainText(words.hint, 2000) }),
    ...(words.dispatchAction && { dispatch_action: true }),
  };
}

export type TextInputWords = {
  actionId: string;
  initial?: string;
  multiline?: boolean;
  minLength?: number;
  maxLength?: number;
};

export function plainTextInput(words: TextInputWords): PlainTextInput {
  const maxLength = words.maxLength ?? 3000;
  return {
    type: 'plain_text_input',
    action_id: words.actionId,
    multiline: words.multiline ?? false,
    max_length: maxLength,
    ...(words.minLength !== undefined && { min_length: words.minLength }),
    ...(words.initial && { initial_value: truncate(words.initial, maxLength) }),
  };
}

export type NumberInputWords = { actionId: string; initial?: number; min?: number; max?: number };

/** A whole number. */
export function numberInput(words: NumberInputWords): NumberInput {
  return {
    type: 'number_input',
    action_id: words.actionId,
    is_decimal_allowed: false,
    ...(words.initial !== undefined && { initial_value: String(words.initial) }),
    ...(words.min !== undefined && { min_value: String(words.min) }),
    ...(words.max !== undefined && { max_value: String(words.max) }),
  };
}

export type StaticSelectWords = { actionId: string; options: PlainTextOption[]; initialValue?: string };

/**
 * A choice among at most 100. Throws `RangeError` on none or more (use `externalSelect`: options are never dropped) and
 * when `initialValue` is not among them, which Slack would refuse.
 */
export function staticSelect(words: StaticSelectWords): StaticSelect {
  const { options, initialValue } = words;
  if (options.length === 0 || options.length > 100) throw new RangeError('A select holds 1 to 100 options.');
  const initial = options.find((each) => each.value === initialValue);
  if (initialValue !== undefined && !initial)
    throw new RangeError('The initial value is not among the options.');
  return {
    type: 'static_select',
    action_id: words.actionId,
    options,
    ...(initial && { initial_option: initial }),
  };
}

export type ExternalSelectWords = { actionId: string; initial?: PlainTextOption; minQueryLength?: number };

/** A searchable choice whose options a `block_suggestion` asks for. */
export function externalSelect(words: ExternalSelectWords): ExternalSelect {
  return {
    type: 'external_select',
    action_id: words.actionId,
    min_query_length: words.minQueryLength ?? 0,
    ...(words.initial && { initial_option: words.initial }),
  };
}

/** A choice among any number: at most 100 are listed, more are searched for under the same `actionId`. */
export function selectAmong(words: StaticSelectWords): StaticSelect | ExternalSelect {
  if (words.options.length <= 100) return staticSelect(words);
  const initial = words.options.find((each) => each.value === words.initialValue);
  return externalSelect({ actionId: words.actionId, ...(initial && { initial }) });
}

export type MultiSelectWords = {
  actionId: string;
  options: PlainTextOption[];
  initialValues: readonly string[];
  most: number;
};

/** Several among any number: at most 100 are listed, more are searched for under the same `actionId`. */
export function multiSelectAmong(words: MultiSelectWords): MultiStaticSelect | MultiExternalSelect {
  const { options, initialValues, most } = words;
  const initial = options
    .filter(({ value }) => value !== undefined && initialValues.includes(value))
    .slice(0, most);
  const common = {
    action_id: words.actionId,
    max_selected_items: most,
    ...(initial.length > 0 && { initial_options: initial }),
  };
  return options.length <= 100
    ? { type: 'multi_static_select', options, ...common }
    : { type: 'multi_external_select', min_query_length: 0, ...common };
}

/** An instant, chosen in the reader's own time zone; comes back as Unix seconds. */
export const dateTimePicker = (words: { actionId: string; initial?: Date }): DateTimepicker => ({
  type: 'datetimepicker',
  action_id: words.actionId,
  ...(words.initial && { initial_date_time: Math.floor(words.initial.getTime() / 1000) }),
});
