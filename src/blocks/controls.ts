import type { Button, ConfirmationDialog, PlainTextOption } from '@slack/types';
import { mrkdwn, plainText } from './text.js';

export type ConfirmWords = {
  title: string;
  text: string;
  confirm: string;
  deny: string;
  style?: 'primary' | 'danger';
};

/** The "are you sure" of a destructive button. */
function confirmation(words: ConfirmWords): ConfirmationDialog {
  return {
    title: plainText(words.title, 100),
    text: mrkdwn(words.text, 300),
    confirm: plainText(words.confirm, 30),
    deny: plainText(words.deny, 30),
    ...(words.style && { style: words.style }),
  };
}

export type ButtonWords = {
  text: string;
  actionId: string;
  /** Comes back with the click; at most 2,000 characters and never cut: a cut value would name something else. */
  value: string;
  style?: 'primary' | 'danger';
  confirm?: ConfirmWords;
  /** What a screen reader says instead of `text`. */
  label?: string;
};

/** A specific verb in Title Case. Throws `RangeError` when `value` exceeds Slack's limit. */
export function button(words: ButtonWords): Button {
  if (words.value.length > 2000) throw new RangeError('A button value holds at most 2000 characters.');
  return {
    type: 'button',
    action_id: words.actionId,
    text: plainText(words.text, 75),
    value: words.value,
    ...(words.style && { style: words.style }),
    ...(words.confirm && { confirm: confirmation(words.confirm) }),
    ...(words.label && { accessibility_label: plainText(words.label, 75).text }),
  };
}

/** One choice. `value` is what comes back and is never cut: throws `RangeError` above 75 characters. */
export function option(text: string, value: string, description?: string): PlainTextOption {
  if (value.length > 75) throw new RangeError('An option value holds at most 75 characters.');
  return {
    text: plainText(text, 75),
    value,
    ...(description && { description: plainText(description, 75) }),
  };
}
