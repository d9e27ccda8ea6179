import { afterEach, beforeEach, expect, it } from 'vitest';
import { ACTIONS, FORM, MODALS } from '../../src/capabilities/break-glass/actions.js';
import { end } from '../../src/capabilities/break-glass/end.js';
import { breakGlass } from '../../src/capabilities/break-glass/index.js';
import { namesOf } from '../../src/capabilities/names.js';
import type { PrincipalId, RequestId } from '../../src/core/tenant.js';
import { deliver } from '../../src/edges/slack/receive/deliver.js';
import { asking, type Glass, openGlass } from './break-glass-use.js';
import { person } from './gatekeeper.js';

const [alice, bob, cat] = [person('alice'), person('bob'), person('cat')];
const WHAT = 'Orders are stuck and the queue is full.';
const WHY = 'The pool was exhausted; I ended one session and nothing else.';
const MORE = 'I also looked at three orders of one customer.';
const FILLED = {
  system: 'orders-db',
  incident: 'PINC7',
  severity: 'sev-1',
  what: WHAT,
  confirmation: 'orders-db',
};

let glass: Glass;

beforeEach(async () => {
  glass = await openGlass();
});
afterEach(() => glass.close());

const form = () => {
  const found = breakGlass.slack.submissions.find(({ callbackId }) => callbackId === MODALS.use);
  if (found?.taken === undefined) throw new Error('there is no such form');
  return { run: found.run, taken: found.taken };
};

const submits = (by: PrincipalId, more: Record<string, string> = {}) =>
  form().run(glass.context, {
    ...asking(by),
    metadata: '',
    values: { ...FILLED, ...more },
    receivedAt: glass.clock.now(),
  });

const sends = (by: PrincipalId, text: string) =>
  breakGlass.slack.commands[0]?.run(glass.context, { ...asking(by), text });

/** Rotated, justified, reviewed and signed off. */
async function closes(id: RequestId): Promise<void> {
  await end(glass.context, id, asking(alice));
  await glass.proves(id);
  await glass.justifies(id, alice, WHY);
  await glass.fills(id);
  await glass.signs((await glass.readUse(id)).details.review, cat);
  await glass.due(id);
}

it('who finds every account out has their form back as they filled it, and chooses there whose use ends', async () => {
  const out = await glass.begins(alice);
  await glass.begins(bob);
  const again = await submits(cat, { severity: 'sev-2' });
  expect(again).toMatchObject({ show: 'update', view: { callback_id: MODALS.use } });
  const shown = JSON.stringify(again);
  for (const one of [`"initial_value":"${WHAT}"`, '"initial_value":"PINC7"', '"initial_value":"orders-db"'])
    expect(shown).toContain(one);
  expect(shown).toMatch(/"initial_option":\{[^}]*\}?[^}]*SEV-2/u);
  expect(shown).toContain(FORM.takeOver);
  expect(shown).toContain('Every break-glass account of this system is out');
  expect(await submits(cat, { takeOver: out })).toMatchObject({ show: 'modal_later' });
  expect((await glass.readUse(out)).details.end?.reason).toBe('taken_over');
});

it('who presses again because the answer was lost is shown the credential of the use that got through', async () => {
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const press = (again: string) =>
    deliver(glass.context, log, {
      caller: { principal: alice, slackUserId: 'U01ALICE', ledgerName: alice },
      input: 'the form',
      again,
      run: (call) =>
        form().run(glass.context, { ...call, metadata: '', values: FILLED, receivedAt: glass.clock.now() }),
      taken: (call, number) => form().taken(glass.context, call, number),
    });
  for (const again of ['first', 'second']) expect(await press(again)).toMatchObject({ show: 'modal_later' });
  expect(await glass.inLedger('"break-glass.used"')).toBe(1);
});

it('the pager reads how long it lasts at first, and the exact end once the account is open', async () => {
  const id = await glass.begins(alice);
  const pages = async () =>
    (await glass.effects('alert')).flatMap((one) =>
      one.kind === 'alert' ? [{ [one.alert]: one.text }] : [],
    );
  expect(await pages()).toEqual([
    { 'break-glass.used': expect.stringContaining('for 60 minutes from when the account is open') },
  ]);
  await glass.alertArrives(id);
  glass.clock.advance(10 * 60_000);
  await glass.due(id);
  const expiresAt = new Date(glass.clock.now().getTime() + 60 * 60_000).toISOString();
  await glass.receives(id, { kind: 'check_out', outcome: 'checked_out', expiresAt });
  expect(await pages()).toEqual([{ 'break-glass.opened': expect.stringContaining(`until ${expiresAt}`) }]);
});

it('what was justified is amended for ever: by its button, and by its number or its use’s while another is owed', async () => {
  const first = await glass.opens(alice);
  await closes(first);
  expect((await glass.readUse(first)).state).toBe('closed');
  const owed = await glass.opens(alice);
  const { number, id } = await glass.readJustification(first);
  const formOf = (text: string) => sends(alice, text);
  const amends = {
    show: 'modal',
    view: { private_metadata: expect.stringContaining(id), title: { text: 'Amend' } },
  };
  expect(await formOf(`justify ${number}`)).toMatchObject(amends);
  expect(await formOf(`justify #${(await glass.readUse(first)).number}`)).toMatchObject(amends);
  expect(await formOf('justify')).toMatchObject({
    view: { private_metadata: expect.stringContaining((await glass.readJustification(owed)).id) },
  });
  const names = namesOf(glass.context.policy.organisation);
  const own = breakGlass
    .surfaces(await glass.readJustification(first), names)
    .find(({ name }) => name.endsWith('justify'));
  expect(JSON.stringify(own?.blocks)).toContain(ACTIONS.justify);

  await glass.justifies(first, alice, MORE);
  const { state, details } = await glass.readJustification(first);
  expect(state).toBe('justification_closed');
  expect(details.texts.map(({ text }) => text)).toEqual([WHY, MORE]);
  expect((await glass.readUse(first)).state).toBe('closed');
});

it('nobody amends another’s justification by its number; what is no use, and what was never shown, is said to be so', async () => {
  const id = await glass.opens(alice);
  const { number } = await glass.readUse(id);
  expect(await sends(bob, `justify ${number}`)).toMatchObject({ show: 'private' });
  expect(await glass.inLedger('break-glass.not_yours_to_justify')).toBe(1);
  const review = await glass.readReview(id);
  expect(await sends(alice, `justify ${review.number}`)).toMatchObject({
    text: expect.stringContaining('nothing to justify'),
  });
  const unshown = await glass.readUse(await glass.begins(bob));
  expect(await sends(bob, `justify ${unshown.number}`)).toMatchObject({
    text: expect.stringContaining('nothing was shown'),
  });
});
