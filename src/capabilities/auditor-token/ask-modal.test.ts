import { expect, it } from 'vitest';
import { validatePayload } from '../../blocks/index.js';
import { askModal } from './ask-modal.js';

const filled = (text: string): string => JSON.stringify(askModal(text).blocks);

it.each([
  ['14 Quarterly review of grants', '14', 'Quarterly review of grants'],
  ['14d Quarterly review of grants', '14', 'Quarterly review of grants'],
  ['Quarterly review of grants', '30', 'Quarterly review of grants'],
  ['2026-Q4 review', '30', '2026-Q4 review'],
  ['0 review of grants', '1', 'review of grants'],
  ['400 review of grants', '90', 'review of grants'],
])('`/audit-token %s` fills %s days', (typed, days, purpose) => {
  expect(filled(typed)).toContain(`"initial_value":"${days}"`);
  expect(filled(typed)).toContain(`"initial_value":"${purpose}"`);
});

it('without words the form asks for the purpose', () => {
  expect(filled('  ')).toContain('"initial_value":"30"');
  expect(filled('7')).toContain('"initial_value":"7"');
  expect(filled('7').match(/initial_value/g)).toHaveLength(1);
});

it("any text keeps the form within Slack's limits", () => {
  for (const typed of ['x'.repeat(4_000), '👩‍👩‍👧‍👦'.repeat(500), `90 ${'&<>'.repeat(1_000)}`])
    expect(validatePayload({ view: askModal(typed) })).toEqual([]);
});
