import { expect, it } from 'vitest';
import { actions, button, section, validatePayload } from '../../../blocks/index.js';
import type { HomeItem } from '../../../capabilities/index.js';
import { assembleHome } from './assemble.js';

const item = (name: HomeItem['section'], number: number, blockId = 'same'): HomeItem => ({
  section: name,
  at: new Date(number * 1_000),
  blocks: [
    section(`${name} ${number}.`),
    actions(blockId, [button({ text: 'Approve', actionId: 'a', value: 'v' })]),
  ],
});
const items = (name: HomeItem['section'], count: number): HomeItem[] =>
  Array.from({ length: count }, (_, number) => item(name, number));
const textOf = (all: readonly HomeItem[], incomplete = false): string =>
  JSON.stringify(assembleHome(all, incomplete));

it.each([
  [0, 0, 0],
  [1, 1, 1],
  [500, 0, 0],
  [0, 500, 0],
  [0, 0, 500],
  [500, 500, 500],
  [20, 18, 8],
  [21, 18, 9],
])('%i waiting, %i held, %i past: what Slack takes, and a word on every one left out', (...counts) => {
  const [waiting = 0, access = 0, history = 0] = counts;
  const all = [...items('waiting', waiting), ...items('access', access), ...items('history', history)];
  const view = assembleHome(all);
  expect(validatePayload({ view })).toEqual([]);
  const shown = view.blocks.filter((block) => block.type === 'actions').length;
  const left = [...JSON.stringify(view).matchAll(/and (\d+) more/g)].map(([, more]) => Number(more));
  expect(shown + left.reduce((sum, more) => sum + more, 0)).toBe(all.length);
});

it('no section is crowded out by another', () => {
  const text = textOf([...items('waiting', 500), ...items('access', 500), ...items('history', 500)]);
  for (const name of ['waiting 0', 'access 0', 'history 499']) expect(text).toContain(`${name}.`);
});

it('longest waiting first, soonest ended first, newest past first', () => {
  const places = (name: HomeItem['section']) => {
    const text = textOf([item(name, 2), item(name, 1), item(name, 3)]);
    return [1, 2, 3].sort((a, b) => text.indexOf(`${name} ${a}.`) - text.indexOf(`${name} ${b}.`));
  };
  expect([places('waiting'), places('access'), places('history')]).toEqual([
    [1, 2, 3],
    [1, 2, 3],
    [3, 2, 1],
  ]);
});

it('what has no room is said with where it is, and the history names the list of all of it', () => {
  const text = textOf([...items('waiting', 500), ...items('access', 500), ...items('history', 1)]);
  for (const next of ['they come up here', '`/elevate mine` lists them', '`/elevate status list`'])
    expect(text).toContain(next);
  expect(textOf(items('waiting', 1))).not.toContain('more');
});

it('an empty section says what to do, a part that could not be read is owned up to', () => {
  expect(textOf([])).toContain('/elevate');
  expect(textOf([])).not.toContain('could not be read');
  expect(textOf([], true)).toContain('could not be read');
});
