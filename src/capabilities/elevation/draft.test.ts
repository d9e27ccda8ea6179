import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { validatePayload } from '../../blocks/index.js';
import { PrincipalId } from '../../core/tenant.js';
import { loadPolicy, type Policy, readPolicyFiles } from '../../policy/index.js';
import { askModal } from './ask-modal.js';
import { draftFrom } from './draft.js';

const alice = PrincipalId.parse('alice');
const dan = PrincipalId.parse('dan');
let policy: Policy;

beforeAll(async () => {
  policy = await loadPolicy(
    readPolicyFiles(resolve(import.meta.dirname, '../../../policies'), new Set(['postgres'])),
  );
});

const draft = (text: string) => draftFrom({ policy }, alice, text);

describe('the words of /elevate', () => {
  it.each([
    ['orders-db read-orders 15m INC-1: db down', 'orders-db/read-orders', 15, 'INC-1: db down'],
    ['ORDERS-DB Write-Orders 1h30m fix a row', 'orders-db/write-orders', 90, 'fix a row'],
    ['orders-db  read-orders   2h  two  spaces', 'orders-db/read-orders', 120, 'two spaces'],
    ['orders-db read-orders 45 bare minutes', 'orders-db/read-orders', 45, 'bare minutes'],
  ])('%s asks nothing more', (text, target, durationMinutes, reason) => {
    expect(draft(text)).toEqual({ target, durationMinutes, reason, unclear: null });
  });

  it('nothing typed fills in the default and says nothing is wrong', () => {
    expect(draft('')).toEqual({ target: null, durationMinutes: 60, reason: '', unclear: null });
  });

  it.each([
    ['billing-db read 15m why', 'first word', 'billing-db read 15m why'],
    ['orders-db nothing 15m why', 'second word', 'nothing 15m why'],
    ['orders-db read-orders soon please', 'third word', 'soon please'],
    ['orders-db read-orders -5m please', 'third word', '-5m please'],
    ['orders-db read-orders 0m please', 'third word', '0m please'],
  ])('%s: the %s was not understood, and no word is lost', (text, which, reason) => {
    const made = draft(text);
    expect(made.unclear).toContain(which);
    expect(made.reason).toBe(reason);
  });

  it('names no scope of a system whose scope was not understood', () => {
    expect(draft('orders-db nothing 15m why').target).toBeNull();
  });
});

describe('the form', () => {
  it('is never prefilled beyond its own bound, which Slack refuses', () => {
    const view = askModal({ policy }, alice, draft('orders-db read-orders 99999d for ever'));
    const duration = view.blocks.find((block) => block.block_id === 'duration');
    expect(duration).toMatchObject({ element: { initial_value: '525600', max_value: '525600' } });
  });

  it.each([
    '',
    'orders-db read-orders 15m INC-1: db down',
    'orders-db read-orders 999999 as long as a number goes',
    'orders-db read-orders 99999d for ever',
    `orders-db read-orders 15m ${'x'.repeat(5_000)}`,
    `orders-db read-orders 15m ${'👩‍👩‍👧‍👦'.repeat(600)}`,
    '<!channel> \u202eevorppA <https://evil.example|Approve>',
  ])("keeps Slack's limits whatever was typed (%#)", (text) => {
    expect(validatePayload({ view: askModal({ policy }, alice, draft(text)) })).toEqual([]);
  });

  it('offers nothing to Submit to somebody who may ask for nothing', () => {
    const view = askModal({ policy }, dan, draftFrom({ policy }, dan, 'orders-db read-orders 15m why'));
    expect(view.submit).toBeUndefined();
    expect(JSON.stringify(view)).toContain('None of your roles');
  });
});
