import type { Constraint } from './limits.js';
import { fieldsOf, type Report } from './problem.js';

/** Holds one value against its own constraint; what it contains is the caller's to check. */
export function checkField(value: unknown, rule: Constraint, pointer: string, report: Report): void {
  checkType(value, rule, pointer, report);
  const text = textOf(value);
  if (text !== undefined) {
    if (rule.maxLength !== undefined && text.length > rule.maxLength) {
      report(pointer, 'maxLength', text.length, rule.maxLength);
    }
    if (rule.minLength !== undefined && text.length < rule.minLength) {
      report(pointer, 'minLength', text.length, rule.minLength);
    }
  }
  if (rule.pattern !== undefined && !new RegExp(rule.pattern, 'u').test(String(value))) {
    report(pointer, 'pattern', value, rule.pattern);
  }
  if (rule.enum && !rule.enum.some((each) => each === value)) report(pointer, 'enum', value, rule.enum);
  if (typeof value === 'number') {
    if (rule.min !== undefined && value < rule.min) report(pointer, 'min', value, rule.min);
    if (rule.max !== undefined && value > rule.max) report(pointer, 'max', value, rule.max);
  }
  if (Array.isArray(value)) checkList(value, rule, pointer, report);
}

function checkType(value: unknown, rule: Constraint, pointer: string, report: Report): void {
  const type = fieldsOf(value)['type'];
  const fits: Record<string, () => boolean> = {
    plain_text: () => type === 'plain_text',
    mrkdwn: () => type === 'mrkdwn',
    text_object: () => isTextObject(value),
    int: () => Number.isInteger(value),
    bool: () => typeof value === 'boolean',
    numstring: () => typeof value === 'string' && value !== '' && !Number.isNaN(Number(value)),
  };
  if (rule.type !== undefined && fits[rule.type]?.() === false) {
    report(pointer, 'type', type ?? typeof value, rule.type);
  }
}

function checkList(list: unknown[], rule: Constraint, pointer: string, report: Report): void {
  if (rule.maxItems !== undefined && list.length > rule.maxItems) {
    report(pointer, 'maxItems', list.length, rule.maxItems);
  }
  if (rule.minItems !== undefined && list.length < rule.minItems) {
    report(pointer, 'minItems', list.length, rule.minItems);
  }
  for (const [index, item] of list.entries()) {
    const length = textOf(item)?.length ?? 0;
    if (rule.itemMaxLength !== undefined && length > rule.itemMaxLength) {
      report(`${pointer}/${index}`, 'maxLength', length, rule.itemMaxLength);
    }
    if (rule.maxCells !== undefined && Array.isArray(item) && item.length > rule.maxCells) {
      report(`${pointer}/${index}`, 'maxCells', item.length, rule.maxCells);
    }
  }
}

function isTextObject(value: unknown): boolean {
  const type = fieldsOf(value)['type'];
  return type === 'plain_text' || type === 'mrkdwn';
}

function textOf(value: unknown): string | undefined {
  const text = isTextObject(value) ? fieldsOf(value)['text'] : value;
  return typeof text === 'string' ? text : undefined;
}
