import { afterEach, beforeEach, expect, it } from 'vitest';
import { end } from '../../src/capabilities/break-glass/end.js';
import { freeze } from '../../src/capabilities/freeze/freeze.js';
import { freezesInForce } from '../../src/capabilities/freeze/in-force.js';
import { freeze as freezeCapability } from '../../src/capabilities/freeze/index.js';
import { namesOf } from '../../src/capabilities/names.js';
import { recall as recallCapability } from '../../src/capabilities/recall/index.js';
import { recall } from '../../src/capabilities/recall/recall.js';
import { readReviewModal } from '../../src/capabilities/recall/review-modal.js';
import { list } from '../../src/capabilities/recall/stored.js';
import type { RequestId } from '../../src/core/tenant.js';
import { readRequest } from '../../src/store/index.js';
import { asking, type Glass, HOUR, openGlass } from './break-glass-use.js';
import { person, relayStops, tenant } from './gatekeeper.js';

const [alice, bob, dan] = [person('alice'), person('bob'), person('dan')];

let glass: Glass;

beforeEach(async () => {
  glass = await openGlass();
});
afterEach(() => glass.close());

const numberOf = async (id: RequestId): Promise<number> => (await glass.readUse(id)).number;
const names = () => namesOf(glass.context.policy.organisation);

/** By alice: one use that is over and owed, and one that is open. */
async function twoUses() {
  const over = await glass.opens(alice);
  await end(glass.context, over, asking(alice));
  await glass.proves(over);
  return { over, live: await glass.opens(alice) };
}

it('a freeze claims the end of what it ends alone: a use is one thing, and what is owed for it stays open and is said so', async () => {
  const { over, live } = await twoUses();
  expect(await freeze(glass.context, { ...asking(dan), person: alice, reason: 'stolen' })).toMatchObject({
    ok: true,
    value: { stopped: 1, left: 2 },
  });
  const [ended, owed] = [await numberOf(live), await numberOf(over)];
  const shown = async () => {
    const [frozen] = await freezesInForce(glass.context);
    if (frozen === undefined) throw new Error('nobody is frozen');
    return { frozen, card: JSON.stringify(freezeCapability.surfaces(frozen, names())) };
  };
  const { frozen, card } = await shown();
  expect(card).toContain(`Ended by this: #${ended}.`);
  expect(card).toContain(`waits for others: #${owed} break-glass, #${ended} break-glass.`);

  await relayStops(glass);
  await glass.proves(live);
  for (let looks = 0; looks < 3; looks += 1) {
    const stored = await readRequest(glass.context.store, tenant, frozen.id);
    if (stored !== null) await freezeCapability.onDue(glass.context, stored);
    await relayStops(glass);
  }
  const later = (await shown()).frozen.details;
  expect(later.stopped).toEqual([ended]);
  expect(later.left.map(({ number }) => number)).toEqual([owed, ended]);
  for (const id of [over, live]) {
    expect((await glass.readJustification(id)).state).toBe('justification_due');
    expect((await glass.readReview(id)).state).toBe('review_open');
  }
});

it('a recall counts a use once, and tells what it ended from what stays owed', async () => {
  const { over, live } = await twoUses();
  const since = new Date(glass.clock.now().getTime() - HOUR);
  expect(await recall(glass.context, { ...asking(dan), person: alice, since })).toMatchObject({
    ok: true,
    value: { items: 2, stopped: 1 },
  });
  const [called] = await list(glass.context, { take: 1 });
  if (called === undefined) throw new Error('no recall');
  const fates = new Map(called.details.items.map((item) => [item.id, item.fate]));
  expect(fates).toEqual(
    new Map([
      [live, 'stopped'],
      [over, 'left_open'],
    ]),
  );
  const card = JSON.stringify(recallCapability.surfaces(called, names()));
  expect(card).toContain('ended by this: *1* · still open, since it is owed or ending already: *1*');
  const modal = JSON.stringify(await readReviewModal(glass.context, called, 0));
  expect(modal).toContain('was open and is ended by this');
  expect(modal).toContain('stays open: it is owed');
  expect(modal).toContain('Orders are stuck and the queue is full.');
  expect(await freeze(glass.context, { ...asking(dan), person: bob, reason: '' })).toMatchObject({
    value: { stopped: 0, left: 0 },
  });
});
