import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { validatePayload } from '../../blocks/index.js';
import { PrincipalId } from '../../core/tenant.js';
import { loadPolicy, type Policy, readPolicyFiles } from '../../policy/index.js';
import { askModal } from './ask-modal.js';
import { draftFrom, draftFromMessage } from './draft.js';

const alice = PrincipalId.parse('alice');
const dan = PrincipalId.parse('dan');
let policy: Policy;

beforeAll(async () => {
  policy = await loadPolicy(
    readPolicyFiles(
      resolve(import.meta.dirname, '../../../policies'),
      new Set(['postgres', 'okta', 'github']),
    ),
  );
});

const draft = (text: string) => draftFrom({ policy }, alice, text);

describe('the words of /elevate', () => {
  const nothingElse = { change: '', ticket: '', startAt: null, subject: null, unclear: null };

  it.each([
    ['orders-db read-orders 15m db is down', 'orders-db/read-orders', 15, 'db is down'],
    ['orders-db/read-orders 15m one word', 'orders-db/read-orders', 15, 'one word'],
    [
      'purge-orders 15m the one scope of that name',
      'orders-db/purge-orders',
      15,
      'the one scope of that name',
    ],
    ['ORDERS-DB Write-Orders 1h30m fix a row', 'orders-db/write-orders', 90, 'fix a row'],
    ['orders-db  read-orders   2h  two  spaces', 'orders-db/read-orders', 120, 'two spaces'],
    ['orders-db read-orders 45 bare minutes', 'orders-db/read-orders', 45, 'bare minutes'],
  ])('%s asks nothing more', (text, target, durationMinutes, reason) => {
    expect(draft(text)).toEqual({ ...nothingElse, target, durationMinutes, reason });
  });

  it('for somebody: they get the access; whom nobody knows is no word that is lost', () => {
    expect(draft('for @Cat Chen orders-db read-orders 15m they are on call')).toMatchObject({
      subject: 'cat',
      target: 'orders-db/read-orders',
      durationMinutes: 15,
      reason: 'they are on call',
    });
    expect(draft('for nobody orders-db read-orders')).toMatchObject({
      subject: null,
      target: null,
      reason: 'for nobody orders-db read-orders',
    });
  });

  it('a ticket named in the reason is the ticket, and the reason keeps it', () => {
    expect(draft('orders-db read-orders 15m INC-1: db down')).toMatchObject({
      ticket: 'INC-1',
      reason: 'INC-1: db down',
    });
  });

  it('nothing typed fills in the default and says nothing is wrong', () => {
    expect(draft('')).toEqual({ ...nothingElse, target: null, durationMinutes: 60, reason: '' });
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

describe('a message in a thread', () => {
  const from = (text: string) => draftFromMessage({ policy }, alice, text);

  it.each([
    ['Could I get orders-db read-orders for 30 minutes? See INC-1.', 'orders-db/read-orders', 30, 'INC-1'],
    ['we need `orders-db/write-orders`, 2h', 'orders-db/write-orders', 120, ''],
    ['Who can *purge-orders* for 15m? 3 rows are wrong', 'orders-db/purge-orders', 15, ''],
  ])('%s: what it names is taken, and it is quoted whole', (text, target, durationMinutes, ticket) => {
    expect(from(text)).toEqual({
      target,
      durationMinutes,
      ticket,
      change: '',
      reason: `“${text}”`,
      startAt: null,
      subject: null,
      unclear: null,
    });
  });

  it('what it does not name is said, and numbers alone are no duration', () => {
    const made = from('the shop is down since 40\nplease look at <https://x.example|this> &amp; help');
    expect(made).toMatchObject({
      target: null,
      durationMinutes: 60,
      reason: '“the shop is down since 40 please look at this & help”',
    });
    expect(made.unclear).toContain('no system with a scope you may ask for and no duration');
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
