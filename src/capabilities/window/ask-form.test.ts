import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { validatePayload } from '../../blocks/index.js';
import { PrincipalId } from '../../core/tenant.js';
import { loadPolicy, type Policy, readPolicyFiles } from '../../policy/index.js';
import { draftOfValues, fieldOf, readAsk } from './ask-form.js';
import { askModal } from './ask-modal.js';
import { draftFrom } from './draft.js';

const [alice, bob, erin, grace, hana] = ['alice', 'bob', 'erin', 'grace', 'hana'].map((id) =>
  PrincipalId.parse(id),
);
const by = alice ?? PrincipalId.parse('nobody');
const NOW = new Date('2026-11-21T10:00:00Z');
let policy: Policy;
let shipped: Policy;

/** The example organisation, in which orders may be looked at through windows. */
beforeAll(async () => {
  const { organisation, ...files } = readPolicyFiles(
    resolve(import.meta.dirname, '../../../policies'),
    new Set(['postgres', 'okta', 'github']),
  );
  const systems = organisation.systems.map((system) => ({
    ...system,
    ...(system.id === 'orders-db' && { windows: { maximumDays: 7, maximumUses: 20 } }),
  }));
  shipped = await loadPolicy({ ...files, organisation, onFault: () => {} });
  policy = await loadPolicy({ ...files, organisation: { ...organisation, systems }, onFault: () => {} });
});

const draft = (text: string) => draftFrom({ policy }, by, text, NOW);
const inputsOf = ({ blocks }: ReturnType<typeof askModal>) =>
  blocks.filter((block) => block.type === 'input').map((block) => block.block_id);

describe('the words of /window', () => {
  it('people, system, scopes, uses, how long each and how long it is open, then the reason', () => {
    expect(
      draft('<@U05ERIN|erin> <@U07GRACE> orders-db read-orders export-orders 3x 30m 2d OPS-12 the weekend'),
    ).toEqual({
      people: [erin, grace],
      targets: ['orders-db/read-orders', 'orders-db/export-orders'],
      uses: 3,
      longestMinutes: 30,
      startsAt: null,
      endsAt: new Date('2026-11-23T10:00:00Z'),
      reason: 'OPS-12 the weekend',
      ticket: 'OPS-12',
      unclear: null,
    });
  });

  it('what was not understood is said', () => {
    expect(draft('').unclear).toBeNull();
    expect(draft('for everybody please').unclear).toContain(
      'nobody whom a window could let in and no system',
    );
    expect(draft('@erin orders-db purge-orders').unclear).toContain('no system and scope');
  });

  it.each([
    ['', { people: [], targets: [], uses: 5, longestMinutes: 60, reason: '' }],
    [
      '@erin orders-db/read-orders why not',
      { people: [erin], targets: ['orders-db/read-orders'], reason: 'why not' },
    ],
    ['orders-db read-orders 15m look', { uses: 5, longestMinutes: 15, reason: 'look' }],
    ['orders-db purge-orders look', { targets: [], reason: 'purge-orders look' }],
    ['billing change-prices 5x', { targets: [], reason: 'billing change-prices 5x' }],
    ['<@U08HANA> orders-db read-orders', { people: [], reason: '<@U08HANA> orders-db read-orders' }],
  ])('%j', (text, filled) => expect(draft(text)).toMatchObject(filled));

  it('ends in a month at the latest, whatever was typed', () => {
    expect(draft('orders-db read-orders 5x 30m 99999h why').endsAt).toEqual(new Date('2026-12-21T10:00:00Z'));
  });
});

describe('the form', () => {
  it('opens with six inputs, shows eight once More Options is pressed, and keeps the limits of Slack', () => {
    for (const text of ['', '@erin orders-db read-orders 3x 30m 2d the weekend', 'x'.repeat(3_000)]) {
      const [first, all] = [
        askModal({ policy }, by, draft(text)),
        askModal({ policy }, by, draft(text), true),
      ];
      expect(inputsOf(first)).toEqual(['people', 'targets', 'uses', 'minutes', 'ends', 'reason']);
      expect(inputsOf(all)).toHaveLength(8);
      for (const view of [first, all]) expect(validatePayload({ view })).toEqual([]);
    }
  });

  it('as shipped offers nothing and says who can change that', () => {
    const view = askModal({ policy: shipped }, by, draft(''));
    expect(inputsOf(view)).toEqual([]);
    expect(JSON.stringify(view)).toContain('policies/systems/');
  });

  it('offers nothing to whoever reaches no such system', () => {
    expect(inputsOf(askModal({ policy }, hana ?? by, draft('')))).toEqual([]);
  });

  const filled = {
    people: 'erin,bob',
    targets: 'orders-db/read-orders,orders-db/write-orders',
    uses: '3',
    minutes: '30',
    ends: '1795260000',
    reason: 'The migration weekend',
  };

  it('reads what was entered', () => {
    expect(readAsk({ policy }, by, draftOfValues(filled))).toEqual({
      ok: true,
      asked: {
        people: [erin, bob],
        system: 'orders-db',
        scopes: ['read-orders', 'write-orders'],
        uses: 3,
        longestMinutes: 30,
        startsAt: null,
        endsAt: '2026-11-21T11:20:00.000Z',
        reason: 'The migration weekend',
        ticket: null,
      },
    });
  });

  it('takes the ticket a reason names, until the field for it is shown', () => {
    const reason = 'OPS-12 the migration weekend';
    expect(draftOfValues({ ...filled, reason }).ticket).toBe('OPS-12');
    expect(draftOfValues({ ...filled, reason, ticket: null }).ticket).toBe('');
  });

  it('says all that is wrong at once, each under its field', () => {
    const read = readAsk(
      { policy },
      by,
      draftOfValues({ ...filled, people: '', targets: 'x/y', uses: '1.5', ends: null }),
    );
    expect(read).toMatchObject({ ok: false });
    expect(Object.keys(read.ok ? {} : read.errors).toSorted()).toEqual(['ends', 'people', 'targets', 'uses']);
  });

  it('puts a refusal of policy under the field it is about, where that is shown', () => {
    const field = fieldOf(filled);
    expect(field('window.end_far')).toBe('ends');
    expect(field('window.too_few_approvers')).toBe('people');
    expect(field('window.minutes_number')).toBe('minutes');
    expect(field('window.ticket_missing')).toBe('targets');
    expect(field('window.never_such_scopes')).toBe('targets');
  });
});
