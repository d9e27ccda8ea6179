import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contain, stopPerson } from '../../src/capabilities/break-glass/contain.js';
import { end } from '../../src/capabilities/break-glass/end.js';
import { breakGlass } from '../../src/capabilities/break-glass/index.js';
import { settleLines, takeReview } from '../../src/capabilities/break-glass/review.js';
import { show } from '../../src/capabilities/break-glass/show.js';
import { namesOf } from '../../src/capabilities/names.js';
import type { RequestId } from '../../src/core/tenant.js';
import { refusal } from '../../src/policy/index.js';
import { withClient } from '../harness/postgres-admin.js';
import { asking, codeOf, type Glass, HOUR, openGlass, RECIPIENT } from './break-glass-use.js';
import { person } from './gatekeeper.js';

const [alice, bob, cat, dan] = [person('alice'), person('bob'), person('cat'), person('dan')];
const [SECOND, DAY] = [1_000, 24 * HOUR];
const WHY = 'The pool was exhausted; I ended one session and nothing else.';
const UNPROVEN = 'break-glass.rotation_unproven';
const MORE = 'I also looked at three orders of one customer.';

let glass: Glass;

beforeEach(async () => {
  glass = await openGlass();
});
afterEach(() => glass.close());

const alerts = async (): Promise<string[]> =>
  (await glass.effects('alert')).flatMap((effect) => (effect.kind === 'alert' ? [effect.alert] : []));
/** The alerts whose incidents at the pager are closed, by their occasions. */
const resolved = async (alert: string): Promise<string[]> =>
  (await glass.effects('resolve')).flatMap((effect) =>
    effect.kind === 'resolve' && effect.alert === alert ? [effect.occasion] : [],
  );
const pagedFor = async (alert: string) =>
  (await glass.effects('alert')).flatMap((effect) =>
    effect.kind === 'alert' && effect.alert === alert && effect.sink === 'webhook'
      ? [{ occasion: effect.occasion, ...(effect.severity && { severity: effect.severity }) }]
      : [],
  );
/** Where and to whom the alarm about its rotation stands in Slack. */
const hear = async (id: RequestId): Promise<string[]> => {
  const names = namesOf(glass.context.policy.organisation);
  return breakGlass
    .surfaces(await glass.readUse(id), names)
    .flatMap(({ name }) => name.split('alarm:')[1] ?? []);
};

describe('at the glass', () => {
  it('two people at the same moment get two accounts; a third takes one over, which ends that use alone', async () => {
    const [one, other] = await Promise.all([glass.begins(alice), glass.begins(bob)]);
    const accounts = [await glass.readUse(one), await glass.readUse(other)].map(
      ({ details }) => details.account,
    );
    expect(new Set(accounts).size).toBe(2);
    expect(codeOf(await glass.breaks(cat))).toBe('break-glass.accounts_out');

    const third = await glass.begins(cat, { takeOver: one });
    expect(await glass.readUse(one)).toMatchObject({
      state: 'ending',
      details: { end: { reason: 'taken_over', by: cat } },
    });
    expect((await glass.readUse(other)).state).toBe('alerting');
    await glass.alertArrives(third);
    await glass.due(third);
    expect((await glass.readUse(third)).details.window).toBeNull();
    await glass.proves(one);
    await glass.due(third);
    expect((await glass.readUse(third)).details.window).not.toBeNull();
  });

  it('nobody loses their account to somebody who asks to take it over while another one is in', async () => {
    const one = await glass.begins(alice);
    const other = await glass.begins(bob, { takeOver: one });
    expect((await glass.readUse(one)).state).toBe('alerting');
    const { account } = (await glass.readUse(other)).details;
    expect(account).not.toBe((await glass.readUse(one)).details.account);
  });

  it('one person has one account of a system at a time, however they ask', async () => {
    const pressed = await Promise.all([glass.breaks(alice), glass.breaks(alice)]);
    const begun = pressed.flatMap((one) => (one.ok ? [one.value.id] : []));
    expect(codeOf(await glass.breaks(alice))).toBe('break-glass.already_yours');
    for (const id of begun) {
      await glass.alertArrives(id);
      await glass.due(id);
    }
    const uses = await Promise.all(begun.map(glass.readUse));
    expect(uses.filter(({ details }) => details.window !== null)).toHaveLength(1);
  });

  it('no use without its alert, its review and its justification: one commit makes them all', async () => {
    const id = await glass.begins(alice);
    expect(await alerts()).toEqual(['break-glass.used']);
    expect(await glass.readReview(id)).toMatchObject({ state: 'review_open', details: { owner: dan } });
    expect((await glass.readJustification(id)).state).toBe('justification_waiting');
  });

  it('what was never shown leaves nothing to explain, and its account is proved shut all the same', async () => {
    const id = await glass.begins(alice);
    await end(glass.context, id, asking(alice));
    expect((await glass.readUse(id)).state).toBe('ending');
    await glass.proves(id);
    await glass.due(id);
    expect((await glass.readUse(id)).state).toBe('closed');
    expect((await glass.readReview(id)).state).toBe('dropped');
  });

  it('rule 2: End Now works for whoever has it also where policy is broken, and for nobody else', async () => {
    const id = await glass.opens(alice);
    const decide = () => refusal('policy.unavailable', 'The policy gave no usable answer.');
    const broken = { ...glass.context, policy: { ...glass.context.policy, decide } };
    expect(codeOf(await end(broken, id, asking(dan)))).toBe('policy.unavailable');
    expect((await glass.readUse(id)).state).toBe('open');
    expect(await end(broken, id, asking(alice))).toMatchObject({ ok: true });
    expect(await glass.readUse(id)).toMatchObject({ state: 'ending', details: { end: { by: alice } } });
  });

  it('15 s without any channel: their own word from then on, the shorter window, the approvers told', async () => {
    const id = await glass.begins(alice);
    const { dueAt, details } = await glass.readUse(id);
    expect(dueAt?.getTime()).toBe(glass.clock.now().getTime() + 15 * SECOND);
    expect(details).toMatchObject({ selfDeclared: false, minutes: 60, window: null });
    glass.clock.advance(15 * SECOND);
    await glass.due(id);
    const late = await glass.readUse(id);
    expect(late.details).toMatchObject({ selfDeclared: true, minutes: 30, alerts: [] });
    const names = namesOf(glass.context.policy.organisation);
    const told = breakGlass.surfaces(late, names).flatMap(({ at }) => ('person' in at ? [at.person] : []));
    expect(told).toEqual(expect.arrayContaining([dan, bob, cat]));
  });

  it('works while nobody outside answers: identity provider, GitHub, PagerDuty and Slack', async () => {
    const since = glass.clock.now();
    const within = {
      ...glass.context,
      directory: { standing: () => Promise.reject(new Error('no route')) },
      sources: { incidents: async () => null, identityProviderDownSince: () => since },
    };
    const id = await glass.opens(alice, within);
    expect(await glass.readUse(id)).toMatchObject({
      state: 'open',
      details: { selfDeclared: false, basis: { kind: 'identity_provider', since: since.toISOString() } },
    });
  });

  it('a showing that no refused password proves dead stays unproven, is tried for ever, and gets louder', async () => {
    const id = await glass.opens(alice);
    await end(glass.context, id, asking(alice));
    await glass.receives(id, { kind: 'rotate', outcome: 'rotated', evidence: { checkedOut: false } });
    expect((await glass.readUse(id)).state).toBe('rotation_unproven');
    const pages = [await pagedFor(UNPROVEN)];
    expect(await hear(id)).toEqual(['1:codex-hps']);
    for (let tries = 0; tries < 8; tries += 1) {
      await glass.due(id);
      pages.push(await pagedFor(UNPROVEN));
      const { dueAt } = await glass.readUse(id);
      glass.clock.set(dueAt ?? new Date(0));
    }
    expect(pages.flat()).toEqual([
      { occasion: '1', severity: 'error' },
      { occasion: '2', severity: 'critical' },
      { occasion: '3', severity: 'critical' },
      { occasion: '4', severity: 'critical' },
    ]);
    expect(await resolved(UNPROVEN)).toEqual(['1', '2', '3']);
    expect((await hear(id)).slice(0, 5)).toEqual(['4:codex-hps', '4:requests', '4:dan', '4:bob', '4:cat']);
    await glass.proves(id);
    expect((await glass.readUse(id)).state).toBe('rotated');
    expect(await resolved(UNPROVEN)).toEqual(['4']);
  });

  it('each password that was shown is seen refused before its account is anybody else’s', async () => {
    const id = await glass.opens(alice);
    const again = await show(glass.context, id, { ...asking(alice), recipient: RECIPIENT });
    if (!again.ok) throw new Error(again.message);
    await glass.receives(id, { kind: 'reveal', outcome: 'revealed', packetId: again.value.packetId });
    await end(glass.context, id, asking(alice));
    await glass.proves(id);
    expect((await glass.readUse(id)).state).toBe('rotation_unproven');
    await glass.receives(id, { kind: 'rotate', outcome: 'rotated', evidence: { refused: 2 } });
    expect((await glass.readUse(id)).state).toBe('rotation_unproven');
    await glass.receives(id, { kind: 'rotate', outcome: 'rotated', evidence: { refused: 2 }, drift: [] });
    expect((await glass.readUse(id)).state).toBe('rotated');
  });

  it('each showing is an occasion of its own at the pager', async () => {
    const id = await glass.opens(alice);
    await show(glass.context, id, { ...asking(alice), recipient: RECIPIENT });
    const occasions = (await pagedFor('break-glass.credential_shown')).map(({ occasion }) => occasion);
    expect(new Set(occasions).size).toBe(2);
  });
});

it('15 s without any channel, where their own word is not enough: it is not opened, and they read why', async () => {
  const strict = await openGlass((organisation) => ({
    ...organisation,
    systems: organisation.systems.map((system) =>
      system.breakGlass === undefined
        ? system
        : { ...system, breakGlass: { ...system.breakGlass, selfDeclared: 'denied' as const } },
    ),
  }));
  const id = await strict.begins(alice);
  strict.clock.advance(15 * SECOND);
  await strict.due(id);
  expect(await strict.readUse(id)).toMatchObject({
    state: 'ending',
    details: {
      window: null,
      end: { reason: 'never_opened' },
      failure: expect.stringContaining('word alone'),
    },
  });
  await strict.close();
});

it('half an hour in which no executor took it up is the end of it: nothing is signed any more', async () => {
  const id = await glass.begins(alice);
  await glass.alertArrives(id);
  await glass.due(id);
  glass.clock.advance(30 * 60 * SECOND);
  await glass.due(id);
  expect((await glass.readUse(id)).details).toMatchObject({ window: { attempts: 2 }, end: null });
  glass.clock.advance(SECOND);
  await glass.due(id);
  expect(await glass.readUse(id)).toMatchObject({
    state: 'ending',
    details: { window: { attempts: 2 }, end: { reason: 'never_opened' } },
  });
});

it('a refused check-out opened nothing, unless it was sent before: then only a proved rotation gives the account back', async () => {
  const refuse = async (id: RequestId) => {
    const { window } = (await glass.readUse(id)).details;
    if (window === null) throw new Error('nothing was sent');
    const { packetId } = window;
    await glass.receives(id, { kind: 'check_out', outcome: 'rejected', code: 'account_in_use', packetId });
    return glass.readUse(id);
  };
  const [once, twice] = [await glass.begins(alice), await glass.begins(bob)];
  for (const id of [once, twice, twice]) {
    await glass.alertArrives(id);
    await glass.due(id);
  }
  expect((await refuse(once)).state).toBe('failed');
  expect(await refuse(twice)).toMatchObject({
    state: 'ending',
    details: { end: { reason: 'never_opened' } },
  });
  const { account } = (await glass.readUse(twice)).details;
  const next = await glass.begins(cat);
  expect((await glass.readUse(next)).details.account).not.toBe(account);
});

it('an account found open though nobody has it changes no use, and is told to everybody', async () => {
  const id = await glass.opens(alice);
  await end(glass.context, id, asking(alice));
  await glass.proves(id);
  await glass.due(id);
  const before = await glass.readUse(id);
  await alerts();
  await glass.receives(id, { kind: 'rotate', outcome: 'rotated', evidence: { foundOpen: true } });
  expect(await glass.readUse(id)).toEqual(before);
  expect(await alerts()).toContain('break-glass.account_found_open');
});

describe('24 hours to say why', () => {
  it('23:59:59 is in time', async () => {
    const id = await glass.opens(alice);
    await end(glass.context, id, asking(alice));
    glass.clock.advance(DAY - SECOND);
    expect((await glass.breaks(alice)).ok).toBe(true);
    await glass.justifies(id, alice, WHY);
    const given = await glass.readJustification(id);
    expect(given).toMatchObject({ state: 'justification_given', details: { overdueAt: null } });
  });

  it('24:00:01 is late for its life, timer or no timer, and blocks its user alone until it is given', async () => {
    const id = await glass.opens(alice);
    await end(glass.context, id, asking(alice));
    glass.clock.advance(DAY + SECOND);
    expect(codeOf(await glass.breaks(alice))).toBe('break-glass.justification_overdue');
    expect((await glass.breaks(bob)).ok).toBe(true);
    await glass.justifies(id, alice, WHY);
    await glass.justifies(id, alice, MORE);
    const { details } = await glass.readJustification(id);
    expect(details.overdueAt).toBe(details.deadline);
    expect(details.texts.map(({ text }) => text)).toEqual([WHY, MORE]);
  });

  it.each([
    ['a week ahead', 7 * DAY, 120 * SECOND],
    ['a week behind', -7 * DAY, 0],
    ['right', 3 * SECOND, 3 * SECOND],
  ])(
    'an executor whose clock is %s moves the deadline by its packet’s validity at most',
    async (_, off, moves) => {
      const id = await glass.opens(alice, glass.context, off);
      const asked = (await glass.readUse(id)).details.showings[0]?.askedAt ?? '';
      const { deadline } = (await glass.readJustification(id)).details;
      expect(Date.parse(deadline ?? '') - Date.parse(asked)).toBe(DAY + moves);
    },
  );

  it('reminds at 12, 20 and 23 hours, then is overdue; a clock set back afterwards unblocks nobody', async () => {
    const id = await glass.opens(alice);
    const from = glass.clock.now().getTime();
    const child = (await glass.readUse(id)).details.justification;
    for (const hours of [12, 20, 23, 24]) {
      expect((await glass.readJustification(id)).dueAt?.getTime()).toBe(from + hours * HOUR);
      glass.clock.set(new Date(from + hours * HOUR));
      await glass.due(child);
    }
    const late = await glass.readJustification(id);
    expect(late).toMatchObject({ state: 'justification_overdue', dueAt: null, details: { reminders: 3 } });
    expect(await alerts()).toContain('break-glass.justification_overdue');
    glass.clock.set(new Date(from + HOUR));
    expect(codeOf(await glass.breaks(alice))).toBe('break-glass.justification_overdue');
    await glass.justifies(id, alice, WHY);
    expect(await resolved('break-glass.justification_overdue')).toEqual(['1']);
    const { details } = await glass.readJustification(id);
    expect(details.overdueAt).toBe(details.deadline);
  });

  it('what our server had in the last second is in time, though it was called late while it was being written', async () => {
    const id = await glass.opens(alice);
    const child = (await glass.readUse(id)).details.justification;
    glass.clock.advance(DAY - SECOND);
    const receivedAt = glass.clock.now();
    glass.clock.advance(2 * SECOND);
    await glass.due(child);
    expect((await glass.readJustification(id)).state).toBe('justification_overdue');
    await glass.justifies(id, alice, WHY, receivedAt);
    expect(await glass.readJustification(id)).toMatchObject({
      state: 'justification_given',
      details: { overdueAt: null, texts: [{ at: receivedAt.toISOString() }] },
    });
  });
});

describe('nobody skips the review', () => {
  it('neither the user, nor the owner, nor an approver in a hurry closes it; each try is in the ledger', async () => {
    const id = await glass.opens(bob);
    const { review } = (await glass.readUse(id)).details;
    const tries = async (by: typeof bob) => codeOf(await glass.signs(review, by));
    expect(codeOf(await takeReview(glass.context, review, asking(bob)))).toBe('break-glass.user_reviews');
    expect(await tries(cat)).toBe('break-glass.record_incomplete');
    await glass.fills(id);
    expect(await tries(cat)).toBe('break-glass.rotation_not_proved');
    await end(glass.context, id, asking(bob));
    await glass.proves(id, ['orders: FUNCTION shop.trap() OWNER break_glass_1']);
    expect(await tries(cat)).toBe('break-glass.differences_open');
    await settleLines(glass.context, review, { ...asking(cat), verdicts: new Map([[0, 'undone']]) });
    expect(await tries(cat)).toBe('break-glass.differences_open');
    await glass.looks(id, { evidence: { gone: [0] } });
    expect(await tries(bob)).toBe('break-glass.user_reviews');
    expect(await tries(dan)).toBe('break-glass.owner_signs_off');
    await glass.due(id);
    expect((await glass.readUse(id)).state).toBe('rotated');
    expect(await refusalsInLedger()).toBe(7);
    expect(await tries(cat)).toBeUndefined();
    expect((await glass.readReview(id)).state).toBe('review_closed');
  });

  it('five working days later it is escalated, and own words open nothing; an incident still does', async () => {
    const id = await glass.opens(alice);
    const { review } = (await glass.readUse(id)).details;
    const { dueAt } = await glass.readReview(id);
    glass.clock.set(dueAt ?? new Date(0));
    glass.clock.advance(SECOND);
    await glass.due(review);
    expect((await glass.readReview(id)).state).toBe('review_overdue');
    expect(await pagedFor('break-glass.review_overdue')).toEqual([{ occasion: '1' }]);
    glass.clock.advance(4 * DAY);
    await glass.due(review);
    expect(await pagedFor('break-glass.review_overdue')).toEqual([{ occasion: '2' }]);
    expect(await resolved('break-glass.review_overdue')).toEqual(['1']);
    const within = { ...glass.context, sources: {} };
    expect(codeOf(await glass.breaks(bob, { within }))).toBe('break-glass.review_overdue');
    expect((await glass.breaks(bob)).ok).toBe(true);
  });

  it('Stop freezes the user and Contain ends whatever is open on the system; neither is for its approvers', async () => {
    const [id, other] = [await glass.opens(alice), await glass.begins(bob)];
    const { review } = (await glass.readUse(id)).details;
    expect(codeOf(await contain(glass.context, review, asking(cat)))).toBe(
      'break-glass.not_yours_to_contain',
    );
    await stopPerson(glass.context, review, asking(dan));
    expect(await glass.effects('freeze')).toMatchObject([{ person: alice, because: { by: dan } }]);
    await contain(glass.context, review, asking(dan));
    const stops = await glass.effects('stop');
    expect(stops.map(({ requestId }) => requestId)).toEqual(expect.arrayContaining([id, other]));
  });
});

const refusalsInLedger = async (): Promise<number> =>
  withClient(glass.database.urls.admin, async (client) => {
    const { rowCount } = await client.query(
      "SELECT FROM ledger.ledger_inbox WHERE convert_from(payload, 'utf8') LIKE '%break-glass.review_refused%'",
    );
    return rowCount ?? 0;
  });
