import type { Entered } from './client.js';
import { type Block, Json, type Values, type View } from './shapes.js';

/** The element as its client reports it when it is clicked. */
export function findElement(blocks: readonly Block[], actionId: string): Json | undefined {
  for (const block of blocks) {
    for (const element of [...(block.elements ?? []), block.accessory, block.element]) {
      const fields = Json.safeParse(element).data;
      if (fields?.['action_id'] === actionId) {
        const { type, text, value } = fields;
        return { type, action_id: actionId, block_id: block.block_id, text, value };
      }
    }
  }
  return undefined;
}

/** Each kind of element keeps what it holds under a key of its own. */
function heldBy(type: string, value: string | null) {
  if (type === 'datetimepicker') return { selected_date_time: value === null ? null : Number(value) };
  if (type.startsWith('multi_'))
    return {
      selected_options: (value ?? '')
        .split(',')
        .filter(Boolean)
        .map((one) => ({ value: one })),
    };
  const isChoice = type.endsWith('_select') || type === 'radio_buttons';
  return isChoice ? { selected_option: value === null ? null : { value } } : { value };
}

/** Slack's form of what was typed or chosen, by the kind of each field. */
export function enteredValues(view: View, entered: Entered): Values {
  const values: Values = {};
  for (const [blockId, value] of Object.entries(entered)) {
    const element = view.blocks.find((block) => block.block_id === blockId)?.element;
    if (!element) throw new Error(`The modal has no field ${blockId}.`);
    values[blockId] = { [element.action_id ?? '']: { type: element.type, ...heldBy(element.type, value) } };
  }
  return values;
}
