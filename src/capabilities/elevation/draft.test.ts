import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { validatePayload } from '../../blocks/index.js';
import { systemClock as clock } from '../../core/clock.js';
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

const draft = (text: string) => draftFrom({ policy, clock }, alice, text);

describe('the words of /elevate', () => {
  const nothingElse = { change: '', ticket: '', startAt: null, subject: null, opens: [], unclear: null };

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
    ['orders-db read-orders 2 hours fix', 'orders-db/read-orders', 120, 'fix'],
    ['orders-db read-orders 30 minutes, orders stuck', 'orders-db/read-orders', 30, 'orders stuck'],
    ['orders-db read-orders for 1 hour 30 min fix', 'orders-db/read-orders', 90, 'fix'],
    ['orders-db read-orders 45 bare minutes', 'orders-db/read-orders', 45, 'bare minutes'],
  ])('%s asks nothing more', (text, target, durationMinutes, reason) => {
    expect(draft(text)).toEqual({ ...nothingElse, target, durationMinutes, reason });
  });

  it.each(['@Cat Chen', '<@U03CAT|somebody>', 'cat'])('for %s: they get the access', (name) => {
    expect(draft(`for ${name} orders-db read-orders 15m they are on call`)).toEqual({
      ...nothingElse,
      subject: 'cat',
      target: 'orders-db/read-orders',
      durationMinutes: 15,
      reason: 'they are on call',
    });
  });

  it.each([
    ['@Nobody Known', 'Nobody Known'],
    ['nobody', 'nobody'],
    ['<@U0STRANGE|mallory>', 'mallory'],
    ['@Frank Fofana', 'Frank Fofana'],
    ['svc-deploy', 'Deployment pipeline'],
  ])('for %s: that is no one person, which is said, and what follows is read all the same', (name, said) => {
    const made = draft(`for ${name} orders-db read-orders 15m they are on call`);
    expect(made).toMatchObject({
      subject: null,
      opens: ['subject'],
      target: 'orders-db/read-orders',
      durationMinutes: 15,
      reason: 'they are on call',
    });
    expect(made.unclear).toContain(`“${said}” names no one person you may ask for.`);
  });

  it('for oneself, or with no name at all, is asked for oneself', () => {
    const own = {
      ...nothingElse,
      target: 'orders-db/read-orders',
      durationMinutes: 15,
      reason: 'it is stuck',
    };
    expect(draft('for @alice orders-db read-orders 15m it is stuck')).toEqual(own);
    expect(draft('for orders-db read-orders 15m it is stuck')).toEqual(own);
  });

  it('mentions, links and characters that Slack escapes are read as they were typed', () => {
    expect(
      draft('orders-db read-orders 15m a &lt; b &amp;amp; <@U03CAT|cat> see <https://x.example|x>'),
    ).toMatchObject({
      reason: 'a < b &amp; @Cat Chen see x',
    });
  });

  it.each(['tomorrow 09:00 30m ship it', '30m tomorrow 09:00 ship it'])(
    '%s: the duration is found, and the start is asked for',
    (words) => {
      const made = draft(`orders-db read-orders ${words}`);
      expect(made).toMatchObject({
        durationMinutes: 30,
        startAt: null,
        opens: ['start'],
        reason: 'tomorrow 09:00 ship it',
      });
      expect(made.unclear).toContain('Choose it under *Begins*');
    },
  );

  it.each([
    ['orders-db read-orders 15m ', (text: string) => draft(text)],
    ['', (text: string) => draftFromMessage({ policy, clock }, alice, text)],
  ])('%s and more than a reason may hold: it is cut, and that is said', (before, made) => {
    const { reason, unclear } = made(`${before}${'many words '.repeat(400)}`);
    expect(reason.length).toBeLessThanOrEqual(2_000);
    expect(reason).toContain('…');
    expect(unclear).toContain('longer than a reason may be');
  });

  it('a scope that somebody named and may not have: policy says why, and the rest is read', () => {
    const made = draftFrom(
      { policy, clock },
      PrincipalId.parse('bob'),
      'orders-db purge-orders 15m wrong rows',
    );
    expect(made).toMatchObject({ target: null, durationMinutes: 15, reason: 'wrong rows' });
    expect(made.unclear).toContain('Too few people besides you may approve this.');
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
    ['orders-db read-orders soon please', 'After the scope', 'soon please'],
    ['orders-db read-orders -5m please', 'After the scope', '-5m please'],
    ['orders-db read-orders 0m please', 'After the scope', '0m please'],
  ])('%s: “%s” was not understood, and no word is lost', (text, which, reason) => {
    const made = draft(text);
    expect(made.unclear).toContain(which);
    expect(made.reason).toBe(reason);
  });

  it('names no scope of a system whose scope was not understood', () => {
    expect(draft('orders-db nothing 15m why').target).toBeNull();
  });
});

describe('a message in a thread', () => {
  const from = (text: string) => draftFromMessage({ policy, clock }, alice, text);

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
      opens: [],
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
    const view = askModal({ policy, clock }, alice, draft('orders-db read-orders 99999d for ever'));
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
    expect(validatePayload({ view: askModal({ policy, clock }, alice, draft(text)) })).toEqual([]);
  });

  it('offers nothing to Submit to somebody who may ask for nothing', () => {
    const view = askModal(
      { policy, clock },
      dan,
      draftFrom({ policy, clock }, dan, 'orders-db read-orders 15m why'),
    );
    expect(view.submit).toBeUndefined();
    expect(JSON.stringify(view)).toContain('None of your roles');
  });
});
