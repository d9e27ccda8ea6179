import { expect, it } from 'vitest';
import { valuesByBlock } from './view-values.js';

it('gives what was typed or chosen by block, null where nothing was', () => {
  const values = {
    reason: { reason: { type: 'plain_text_input', value: 'why' } },
    target: { target: { type: 'static_select', selected_option: { value: 'a/b' } } },
    empty: { empty: { type: 'plain_text_input', value: null } },
    unchosen: { unchosen: { type: 'static_select', selected_option: null } },
    nothing: {},
  };
  expect(valuesByBlock({ values })).toEqual({
    reason: 'why',
    target: 'a/b',
    empty: null,
    unchosen: null,
    nothing: null,
  });
});

it.each([undefined, null, 'text', {}, { values: { a: { b: { value: 5 } } } }])(
  'of a malformed state (%j) nothing is taken',
  (state) => {
    expect(valuesByBlock(state)).toEqual({});
  },
);
