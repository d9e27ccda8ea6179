import { describe, expect, it } from 'vitest';
import * as blocks from './index.js';

const rules = (payload: blocks.Payload) =>
  blocks.validatePayload(payload).map(({ pointer, rule }) => `${pointer} ${rule}`);
const text = (length: number) => 'x'.repeat(length);
const raw = (...list: unknown[]) => ({ message: { text: 'x', blocks: list } });
const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: text(length) });
const label = (length = 1) => ({ type: 'plain_text', text: text(length) });

describe('what Slack refuses is found, with its place', () => {
  const button = { type: 'button', action_id: 'a', text: label() };
  const select = { type: 'static_select', action_id: 'a', options: [{ text: label(), value: 'v' }] };
  it.each([
    ['51 blocks', raw(...Array(51).fill({ type: 'divider' })), '/blocks maxItems'],
    ['a section of 3,001', raw({ type: 'section', text: mrkdwn(3001) }), '/blocks/0/text maxLength'],
    ['an empty section text', raw({ type: 'section', text: mrkdwn(0) }), '/blocks/0/text minLength'],
    ['a section of nothing', raw({ type: 'section' }), '/blocks/0 atLeastOneOf'],
    ['a field of 2,001', raw({ type: 'section', fields: [mrkdwn(2001)] }), '/blocks/0/fields/0 maxLength'],
    ['11 fields', raw({ type: 'section', fields: Array(11).fill(mrkdwn(1)) }), '/blocks/0/fields maxItems'],
    ['a header of 151', raw({ type: 'header', text: label(151) }), '/blocks/0/text maxLength'],
    ['a header in mrkdwn', raw({ type: 'header', text: mrkdwn(1) }), '/blocks/0/text type'],
    ['an unknown block', raw({ type: 'nonsense' }), '/blocks/0/type blockType'],
    [
      'a block id twice',
      raw({ type: 'divider', block_id: 'b' }, { type: 'divider', block_id: 'b' }),
      '/blocks/1/block_id unique',
    ],
    [
      'an action id twice',
      raw({ type: 'actions', elements: [button, button] }),
      '/blocks/0/elements/1/action_id unique',
    ],
    [
      'a button of 76',
      raw({ type: 'actions', elements: [{ ...button, text: label(76) }] }),
      '/blocks/0/elements/0/text maxLength',
    ],
    [
      'a value of 2,001',
      raw({ type: 'actions', elements: [{ ...button, value: text(2001) }] }),
      '/blocks/0/elements/0/value maxLength',
    ],
    [
      'an invented style',
      raw({ type: 'actions', elements: [{ ...button, style: 'green' }] }),
      '/blocks/0/elements/0/style enum',
    ],
    [
      'an input element in actions',
      raw({ type: 'actions', elements: [{ type: 'plain_text_input' }] }),
      '/blocks/0/elements/0 elementType',
    ],
    [
      'a confirm without words',
      raw({ type: 'actions', elements: [{ ...button, confirm: {} }] }),
      '/blocks/0/elements/0/confirm/title required',
    ],
    [
      '101 options',
      raw({ type: 'actions', elements: [{ ...select, options: Array(101).fill(select.options[0]) }] }),
      '/blocks/0/elements/0/options maxItems',
    ],
    [
      'an initial option of no list',
      raw({ type: 'actions', elements: [{ ...select, initial_option: { text: label(), value: 'w' } }] }),
      '/blocks/0/elements/0/initial_option initialMustMatch',
    ],
    [
      'options in mrkdwn',
      raw({ type: 'actions', elements: [{ ...select, options: [{ text: mrkdwn(1), value: 'v' }] }] }),
      '/blocks/0/elements/0/options/0/text type',
    ],
    [
      'a url outside an overflow',
      raw({
        type: 'actions',
        elements: [{ ...select, options: [{ text: label(), value: 'v', url: 'https://x' }] }],
      }),
      '/blocks/0/elements/0/options/0/url onlyIn',
    ],
    ['a text of 40,001', { message: { text: text(40_001) } }, '/text maxLength'],
    ['nothing at all', { message: {} }, ' noText'],
    [
      'a title of 25',
      { view: { type: 'modal', title: label(25), blocks: [{ type: 'divider' }] } },
      '/title maxLength',
    ],
    [
      'metadata of 3,001',
      {
        view: { type: 'modal', title: label(), blocks: [{ type: 'divider' }], private_metadata: text(3001) },
      },
      '/private_metadata maxLength',
    ],
    ['a modal without blocks', { view: { type: 'modal', title: label(), blocks: [] } }, '/blocks minItems'],
    [
      '101 blocks in a view',
      { view: { type: 'home', blocks: Array(101).fill({ type: 'divider' }) } },
      '/blocks maxItems',
    ],
    [
      'an input without submit',
      {
        view: {
          type: 'modal',
          title: label(),
          blocks: [{ type: 'input', label: label(), element: { type: 'plain_text_input', action_id: 'a' } }],
        },
      },
      '/submit required',
    ],
    [
      'bounds the wrong way round',
      {
        view: {
          type: 'modal',
          title: label(),
          submit: label(),
          blocks: [
            {
              type: 'input',
              label: label(),
              element: {
                type: 'number_input',
                action_id: 'a',
                is_decimal_allowed: false,
                min_value: '9',
                max_value: '1',
              },
            },
          ],
        },
      },
      '/blocks/0/element lte',
    ],
    ['no view', { view: {} }, '/type enum'],
  ])('%s', (_what, payload, problem) => expect(rules(payload)).toContain(problem));
});

it.each([
  [{ initial: 0, min: 1, max: 480 }, ['/blocks/0/element/initial_value min']],
  [{ initial: 481, min: 1, max: 480 }, ['/blocks/0/element/initial_value max']],
  [{ initial: 480, min: 1, max: 480 }, []],
  [{ initial: -5 }, []],
  [{ min: 1, max: 480 }, []],
])('a number field prefilled beyond its own bounds (%j) is found', (words, problems) => {
  const element = blocks.numberInput({ actionId: 'a', ...words });
  const field = blocks.input({ blockId: 'b', label: 'Minutes', element });
  const view = blocks.modal({ callbackId: 'c', title: 't', submit: 's', blocks: [field] });
  expect(rules({ view })).toEqual(problems);
});

it('what we ask of ourselves beyond Slack is a warning: fallback text, and less than 13,000 characters', () => {
  const long = Array(10).fill({ type: 'section', text: mrkdwn(1500) });
  const severities = blocks
    .validatePayload({ message: { blocks: long } })
    .map((each) => [each.rule, each.severity]);
  expect(severities).toEqual([
    ['softTotal', 'warning'],
    ['fallbackText', 'warning'],
  ]);
});

it('whatever the builders make, from texts of any length, Slack accepts', () => {
  const long = '💥نص طويل & <!channel> '.repeat(400);
  const message = blocks.message(long, [
    blocks.header(long),
    blocks.section(blocks.quotedValue(long, 2900)),
    blocks.fields([
      [`Reason`, blocks.inlineValue(long, 500)],
      ['System', ''],
    ]),
    blocks.actions('v1', [
      blocks.button({
        text: long,
        actionId: 'end',
        value: 'r_1',
        style: 'danger',
        label: long,
        confirm: { title: long, text: long, confirm: long, deny: long, style: 'danger' },
      }),
    ]),
    blocks.context(blocks.slackDate(new Date(0), long), blocks.mention('U01ALICE')),
    blocks.divider(),
  ]);
  expect(blocks.validatePayload({ message }).filter((problem) => problem.severity === 'error')).toEqual([]);

  const options = [blocks.option(long, 'a', long), blocks.option('B', 'b')];
  const inputs = [
    blocks.plainTextInput({ actionId: 'a', initial: long, multiline: true }),
    blocks.numberInput({ actionId: 'a', initial: 60, min: 1, max: 480 }),
    blocks.staticSelect({ actionId: 'a', options, initialValue: 'b' }),
    blocks.externalSelect({ actionId: 'a', minQueryLength: 0 }),
  ].map((element, index) => blocks.input({ blockId: `b${index}`, label: long, hint: long, element }));
  const view = blocks.modal({ callbackId: 'c', title: long, submit: long, close: long, blocks: inputs });
  expect(blocks.validatePayload({ view })).toEqual([]);
  expect(blocks.validatePayload({ view: blocks.homeView('home', message.blocks) })).toEqual([]);
});

it('what would name something else if cut is refused instead', () => {
  expect(() => blocks.button({ text: 'x', actionId: 'a', value: text(2001) })).toThrow(RangeError);
  expect(() => blocks.option('x', text(76))).toThrow(RangeError);
  expect(() =>
    blocks.modal({ callbackId: 'c', title: 't', blocks: [], privateMetadata: text(3001) }),
  ).toThrow(RangeError);
  expect(() => blocks.staticSelect({ actionId: 'a', options: [] })).toThrow(RangeError);
  expect(() => blocks.fields(Array.from({ length: 11 }, () => ['a', 'b'] as const))).toThrow(RangeError);
});
