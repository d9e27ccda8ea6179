import { checkField } from './check-field.js';
import { type Constraint, type Definition, limits } from './limits.js';
import { type Fields, fieldsOf, type Report } from './problem.js';

/** The action ids met in one block: Slack wants them unique there. */
export type Seen = Set<string>;

/** Holds an object against its definition: every field, what the fields contain, and the rules across them. */
export function checkObject(
  value: Fields,
  definition: Definition,
  pointer: string,
  seen: Seen,
  report: Report,
): void {
  for (const [name, rule] of Object.entries(definition.fields)) {
    const field = value[name];
    const at = `${pointer}/${name}`;
    if (field === undefined || field === null) {
      if (rule.required) report(at, 'required');
      continue;
    }
    if (rule.object !== undefined) checkNamed(rule.object, field, at, seen, report);
    checkField(field, rule, at, report);
    checkItems(field, rule, at, seen, report);
  }
  checkAcross(value, definition, pointer, report);
}

function checkNamed(name: string, value: unknown, pointer: string, seen: Seen, report: Report): void {
  const definition = limits.objects[name];
  if (definition) checkObject(fieldsOf(value), definition, pointer, seen, report);
}

function checkItems(value: unknown, rule: Constraint, pointer: string, seen: Seen, report: Report): void {
  if (rule.items === undefined) return;
  const items = Array.isArray(value) ? [...value.entries()] : [];
  if (Array.isArray(rule.items)) {
    if (!Array.isArray(value)) checkElement(value, rule.items, pointer, seen, report);
    for (const [index, item] of items) checkElement(item, rule.items, `${pointer}/${index}`, seen, report);
    return;
  }
  const { object, textType } = rule.items;
  for (const [index, item] of items) {
    const at = `${pointer}/${index}`;
    checkNamed(object, item, at, seen, report);
    const { url, text } = fieldsOf(item);
    if (object === 'option' && url !== undefined && !rule.allowUrl) {
      report(`${at}/url`, 'onlyIn', undefined, 'overflow');
    }
    if (textType === 'plain_text' && fieldsOf(text)['type'] !== 'plain_text') {
      report(`${at}/text`, 'type', fieldsOf(text)['type'], 'plain_text');
    }
  }
}

function checkElement(
  value: unknown,
  allowed: readonly string[],
  pointer: string,
  seen: Seen,
  report: Report,
): void {
  const element = fieldsOf(value);
  const { type, action_id: actionId } = element;
  const definition = typeof type === 'string' && allowed.includes(type) ? limits.elements[type] : undefined;
  if (!definition) {
    report(pointer, 'elementType', type, allowed);
    return;
  }
  if (typeof actionId === 'string') {
    if (seen.has(actionId)) report(`${pointer}/action_id`, 'unique', actionId);
    seen.add(actionId);
  }
  checkObject(element, definition, pointer, seen, report);
}

function checkAcross(value: Fields, definition: Definition, pointer: string, report: Report): void {
  const { $atLeastOneOf: some, $exactlyOneOf: one, $lte: order, $initialMustMatch: initial } = definition;
  if (definition.$within !== undefined) checkWithin(value, definition.$within, pointer, report);
  const present = (name: string) => value[name] !== undefined;
  if (some && !some.some(present)) report(pointer, 'atLeastOneOf', undefined, some);
  if (one && one.filter(present).length !== 1) report(pointer, 'exactlyOneOf', undefined, one);
  if (order?.every(present) && Number(value[order[0]]) > Number(value[order[1]])) {
    report(pointer, 'lte', value[order[0]], value[order[1]]);
  }
  if (initial !== undefined && present(initial)) checkInitial(value, initial, pointer, report);
}

/** A bound that is left out bounds nothing. */
function checkWithin(
  value: Fields,
  [least, name, most]: readonly [string, string, string],
  pointer: string,
  report: Report,
): void {
  const given = value[name] === undefined ? Number.NaN : Number(value[name]);
  if (given < Number(value[least] ?? -Infinity)) report(`${pointer}/${name}`, 'min', given, value[least]);
  if (given > Number(value[most] ?? Infinity)) report(`${pointer}/${name}`, 'max', given, value[most]);
}

/** Slack refuses an initial option that is not, field for field, one of the options. */
function checkInitial(value: Fields, name: string, pointer: string, report: Report): void {
  const groups = listOf(value['option_groups']).flatMap((group) => listOf(fieldsOf(group)['options']));
  const options = new Set([...listOf(value['options']), ...groups].map((option) => JSON.stringify(option)));
  const initial = value[name];
  for (const option of Array.isArray(initial) ? listOf(initial) : [initial]) {
    if (!options.has(JSON.stringify(option))) {
      report(`${pointer}/${name}`, 'initialMustMatch', fieldsOf(option)['value']);
    }
  }
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.map((item: unknown) => item) : [];
}
