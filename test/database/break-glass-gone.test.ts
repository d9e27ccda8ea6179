import { afterEach, beforeEach, expect, it } from 'vitest';
import { ACTIONS } from '../../src/capabilities/break-glass/actions.js';
import { confirmStandIn } from '../../src/capabilities/break-glass/confirm-stand-in.js';
import { end } from '../../src/capabilities/break-glass/end.js';
import { exportReview } from '../../src/capabilities/break-glass/export.js';
import { breakGlass } from '../../src/capabilities/break-glass/index.js';
import { standInSeal } from '../../src/capabilities/break-glass/record.js';
import { standIn } from '../../src/capabilities/break-glass/stand-in.js';
import { freezeBecause } from '../../src/capabilities/freeze/freeze-because.js';
import { freezesInForce } from '../../src/capabilities/freeze/in-force.js';
import { lift } from '../../src/capabilities/freeze/lift.js';
import { namesOf } from '../../src/capabilities/names.js';
import { newRequestId } from '../../src/core/ids.js';
import type { PrincipalId, RequestId } from '../../src/core/tenant.js';
import { readErasureWaits } from '../../src/store/index.js';
import { asking, codeOf, type Glass, HOUR, openGlass } from './break-glass-use.js';
import { KEEPERS, person, tenant } from './gatekeeper.js';

const [alice, bob, cat, dan] = [person('alice'), person('bob'), person('cat'), person('dan')];
const hana = person('hana');
const KNOWN = 'She left that evening; the log of the target shows one session ended and nothing else.';
const WHY = 'The pool was exhausted; I ended one session and nothing else.';

let glass: Glass;

beforeEach(async () => {
  glass = await openGlass();
});
afterEach(() => glass.close());

/** Frozen, as somebody is who left, too: Slack's deactivation freezes. */
const leaves = (who: PrincipalId) =>
  freezeBecause(glass.context, { person: who, because: { reason: 'deactivated', by: null } });

async function comesBack(who: PrincipalId): Promise<void> {
  const freeze = (await freezesInForce(glass.context)).find(({ subject }) => subject === who);
  if (freeze === undefined) throw new Error(`${who} is not frozen`);
  for (const by of KEEPERS)
    await lift(glass.context, freeze.id, { ...asking(by), seal: freeze.details.seal });
}

/** A use by alice that is over, and overdue for its justification. */
async function overdue(): Promise<{ use: RequestId; justification: RequestId; review: RequestId }> {
  const use = await glass.opens(alice);
  await end(glass.context, use, asking(alice));
  await glass.proves(use);
  glass.clock.advance(24 * HOUR);
  const { justification, review } = (await glass.readUse(use)).details;
  await glass.due(justification);
  return { use, justification, review };
}

const writes = (by: PrincipalId, id: RequestId, text = KNOWN) =>
  standIn(glass.context, id, { ...asking(by), text });

async function confirms(by: PrincipalId, use: RequestId, seal?: string) {
  const { id, details } = await glass.readJustification(use);
  const read = details.standIn === null ? '' : standInSeal(details.standIn);
  return confirmStandIn(glass.context, id, { ...asking(by), seal: seal ?? read });
}

const shownTo = async (who: PrincipalId): Promise<string> =>
  JSON.stringify(await breakGlass.home?.(glass.context, who, namesOf(glass.context.policy.organisation)));

it('a use whose user has left closes on what two who watch know of it, overdue for its life, and no erasure waits for it', async () => {
  const { use, justification, review } = await overdue();
  await glass.fills(use);
  await glass.signs(review, cat);
  await leaves(alice);
  expect(await shownTo(hana)).toContain(ACTIONS.standIn);
  expect(await writes(dan, justification)).toMatchObject({ ok: true });
  await glass.due(use);
  expect((await glass.readUse(use)).state).toBe('rotated');
  expect(await shownTo(hana)).toContain(ACTIONS.confirmStandIn);
  await glass.effects('alert');
  expect(await confirms(hana, use)).toMatchObject({ ok: true });
  expect(await glass.effects('resolve')).toMatchObject([{ requestId: justification, occasion: '1' }]);
  await glass.due(use);
  expect((await glass.readUse(use)).state).toBe('closed');

  const recorded = await glass.readJustification(use);
  expect(recorded).toMatchObject({
    state: 'justification_stood_in',
    dueAt: null,
    details: { texts: [], standIn: { by: dan, text: KNOWN, confirmed: { by: hana } } },
  });
  expect(recorded.details.overdueAt).toBe(recorded.details.deadline);
  const { number } = await glass.readReview(use);
  const text = await exportReview(glass.context, number, 'markdown');
  expect(text).toContain(`Overdue since ${recorded.details.deadline}`);
  expect(text).toContain('Written by dan in place of alice');
  expect(
    await readErasureWaits(glass.context.store, tenant, { person: alice, erasure: newRequestId() }),
  ).toEqual([]);
});

it('who comes back still owes their own words before they break the glass again, and what others wrote stays beside', async () => {
  const { use, justification } = await overdue();
  await leaves(alice);
  await writes(dan, justification);
  await confirms(hana, use);
  await comesBack(alice);
  expect(codeOf(await glass.breaks(alice))).toBe('break-glass.justification_overdue');
  const command = breakGlass.slack.commands[0];
  for (const text of ['orders-db PINC7 it burns', 'justify'])
    expect(await command?.run(glass.context, { ...asking(alice), text })).toMatchObject({
      show: 'modal',
      view: { callback_id: 'break-glass.justify' },
    });
  expect(await shownTo(alice)).toContain(ACTIONS.justify);
  expect(await shownTo(hana)).not.toContain(justification);
  expect(await glass.justifies(use, alice, WHY)).toMatchObject({
    ok: true,
  });
  expect(await glass.readJustification(use)).toMatchObject({
    state: 'justification_given',
    details: { texts: [{ text: WHY }], standIn: { text: KNOWN }, overdueAt: expect.any(String) },
  });
  expect((await glass.breaks(alice)).ok).toBe(true);
});

it('nobody writes for a user who is here, before it is overdue, or who is no keeper; each try is in the ledger', async () => {
  const use = await glass.opens(alice);
  const { justification } = (await glass.readUse(use)).details;
  await leaves(bob);
  expect(codeOf(await writes(dan, justification))).toBe('already_resolved');
  await end(glass.context, use, asking(alice));
  await glass.proves(use);
  glass.clock.advance(24 * HOUR);
  await glass.due(justification);
  expect(codeOf(await writes(dan, justification))).toBe('break-glass.user_is_here');
  expect(await shownTo(hana)).not.toContain(ACTIONS.standIn);
  await leaves(alice);
  expect(codeOf(await writes(cat, justification))).toBe('break-glass.not_yours_to_record');
  for (const gone of [alice, bob])
    expect(codeOf(await writes(gone, justification))).toBe('break-glass.inactive_actor');
  expect(await shownTo(cat)).not.toContain(ACTIONS.standIn);
  expect(await glass.inLedger('break-glass.justification_refused')).toBe(4);
  expect(codeOf(await writes(dan, justification, 'It was fine, trust me: password=hunter2hunter2'))).toBe(
    'break-glass.text',
  );
  expect(await glass.inLedger('hunter2')).toBe(0);
  expect(await glass.readJustification(use)).toMatchObject({
    state: 'justification_overdue',
    details: { standIn: null },
  });
});

it('nothing is confirmed by its author, by a friend, by an old button, after its author fell, or once the user is back', async () => {
  const { use, justification } = await overdue();
  await leaves(alice);
  expect(codeOf(await confirms(hana, use))).toBe('already_resolved');
  await writes(hana, justification);
  const { standIn: first } = (await glass.readJustification(use)).details;
  await writes(dan, justification, `${KNOWN} Nobody saw more.`);
  expect(codeOf(await confirms(dan, use))).toBe('break-glass.author_confirms');
  expect(codeOf(await confirms(cat, use))).toBe('break-glass.not_yours_to_record');
  expect(codeOf(await confirms(hana, use, first === null ? '' : standInSeal(first)))).toBe(
    'break-glass.record_changed',
  );
  await leaves(dan);
  expect(codeOf(await confirms(hana, use))).toBe('break-glass.author_gone');
  await comesBack(dan);
  await comesBack(alice);
  expect(codeOf(await confirms(hana, use))).toBe('break-glass.user_is_here');
  expect((await glass.readJustification(use)).state).toBe('justification_overdue');
  await glass.justifies(use, alice, WHY);
  for (const tries of [writes(dan, justification), confirms(hana, use)])
    expect(codeOf(await tries)).toBe('already_resolved');
});

it('rule 3: two confirmations in the same instant are one', async () => {
  const { use, justification } = await overdue();
  await leaves(alice);
  await writes(dan, justification);
  const answers = await Promise.all([hana, ...KEEPERS].map((by) => confirms(by, use)));
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  expect(await glass.inLedger('break-glass.stand_in_confirmed')).toBe(1);
});
