import { checkField } from './check-field.js';
import { checkObject, listOf } from './check-object.js';
import { limits, type Surface } from './limits.js';
import { type Fields, fieldsOf, type Problem, type Report } from './problem.js';

/** A message's content or a view, as it would be sent. */
export type Payload = { message: unknown } | { view: unknown };

/** Accepted by Slack, but not by us: no fallback text, or so long that Slack has been seen to refuse it. */
const WARNINGS: ReadonlySet<string> = new Set(['fallbackText', 'softTotal']);

/**
 * Everything wrong with a payload by Slack's documented limits (limits.json); empty when it may be sent.
 *
 *     validatePayload({ message: { text: 'hi', blocks } }).filter((problem) => problem.severity === 'error')
 */
export function validatePayload(payload: Payload): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (pointer, rule, got, limit) => {
    problems.push({ pointer, rule, severity: WARNINGS.has(rule) ? 'warning' : 'error', got, limit });
  };
  if ('view' in payload) checkView(fieldsOf(payload.view), report);
  else checkMessage(fieldsOf(payload.message), report);
  return problems;
}

function checkMessage(message: Fields, report: Report): void {
  const { text, blocks, attachments } = message;
  const surface = limits.surfaces.message;
  if (blocks !== undefined) checkBlocks(blocks, surface, report);
  if (!text && !attachments && listOf(blocks).length === 0) report('', 'noText');
  else if (!text) report('/text', 'fallbackText');
  const longest = surface.text?.maxLength;
  if (typeof text === 'string' && longest !== undefined && text.length > longest) {
    report('/text', 'maxLength', text.length, longest);
  }
}

function checkView(view: Fields, report: Report): void {
  const type = view['type'];
  if (type !== 'modal' && type !== 'home') {
    report('/type', 'enum', type, ['modal', 'home']);
    return;
  }
  const definition = limits.views[type];
  checkObject(view, definition, '', new Set(), report);
  checkBlocks(view['blocks'], limits.surfaces[type], report);
  const hasInput = listOf(view['blocks']).some((block) => fieldsOf(block)['type'] === 'input');
  if (definition.$submitRequiredIfInput && hasInput && !view['submit']) report('/submit', 'required');
  const size = JSON.stringify(view).length;
  if (definition.$maxBytes !== undefined && size > definition.$maxBytes) {
    report('', 'maxBytes', size, definition.$maxBytes);
  }
}

function checkBlocks(blocks: unknown, surface: Surface, report: Report): void {
  if (!Array.isArray(blocks)) {
    report('/blocks', 'type', typeof blocks, 'array');
    return;
  }
  const list = listOf(blocks).map(fieldsOf);
  checkField(list, surface.blocks, '/blocks', report);
  const blockIds = new Set<unknown>();
  for (const [index, block] of list.entries()) {
    checkBlock(block, surface, `/blocks/${index}`, report);
    const blockId = block['block_id'];
    if (blockId !== undefined && blockIds.has(blockId))
      report(`/blocks/${index}/block_id`, 'unique', blockId);
    blockIds.add(blockId);
  }
  checkTotals(list, surface, report);
}

function checkBlock(block: Fields, surface: Surface, pointer: string, report: Report): void {
  const type = block['type'];
  if (typeof type !== 'string' || !surface.allowedBlocks.includes(type)) {
    report(`${pointer}/type`, 'blockType', type, surface.allowedBlocks);
    return;
  }
  const seen = new Set<string>();
  for (const name of ['*', type]) {
    const definition = limits.blocks[name];
    if (definition) checkObject(block, definition, pointer, seen, report);
  }
}

function checkTotals(list: Fields[], surface: Surface, report: Report): void {
  const { markdownTotal, maxTables, softTotalBlockJsonChars: softTotal } = surface;
  const texts = list
    .filter((block) => block['type'] === 'markdown')
    .map((block) => String(block['text'] ?? ''));
  const markdown = texts.reduce((total, text) => total + text.length, 0);
  if (markdownTotal !== undefined && markdown > markdownTotal) {
    report('/blocks', 'markdownTotal', markdown, markdownTotal);
  }
  const tables = list.filter((block) => block['type'] === 'table').length;
  if (maxTables !== undefined && tables > maxTables) report('/blocks', 'maxTables', tables, maxTables);
  const size = JSON.stringify(list).length;
  if (softTotal !== undefined && size > softTotal) report('/blocks', 'softTotal', size, softTotal);
}
