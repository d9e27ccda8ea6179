import { afterEach, beforeEach, expect, it } from 'vitest';
import { ACTIONS, MODALS } from '../../src/capabilities/break-glass/actions.js';
import { end } from '../../src/capabilities/break-glass/end.js';
import { breakGlass } from '../../src/capabilities/break-glass/index.js';
import { settleLines } from '../../src/capabilities/break-glass/review.js';
import { namesOf } from '../../src/capabilities/names.js';
import type { RequestId } from '../../src/core/tenant.js';
import type { Receipt } from '../../src/packet/index.js';
import { asking, type Glass, HOUR, openGlass } from './break-glass-use.js';
import { person } from './gatekeeper.js';

const [alice, bob, cat, dan] = [person('alice'), person('bob'), person('cat'), person('dan')];
const [TRAP, TABLE] = [
  'orders: SECURITY DEFINER FUNCTION shop.trap() OWNER break_glass_1',
  'orders: TABLE shop.copy OWNER break_glass_1',
];
const MINUTE = 60_000;

let glass: Glass;
let use: RequestId;
let review: RequestId;
beforeEach(async () => {
  glass = await openGlass();
  use = await glass.opens(alice);
  ({ review } = (await glass.readUse(use)).details);
  await end(glass.context, use, asking(alice));
  await glass.proves(use, [TRAP, TABLE]);
  await glass.fills(use);
});
afterEach(() => glass.close());

const calls = (...lines: number[]) =>
  settleLines(glass.context, review, {
    ...asking(cat),
    verdicts: new Map(lines.map((line) => [line, 'undone' as const])),
  });
const drift = async () => (await glass.readReview(use)).details.drift ?? [];
const card = async () =>
  JSON.stringify(
    breakGlass.surfaces(await glass.readReview(use), namesOf(glass.context.policy.organisation))[0],
  );
const form = async () => {
  const button = breakGlass.slack.actions.find(({ actionId }) => actionId === ACTIONS.differences);
  return JSON.stringify(await button?.run(glass.context, { ...asking(dan), value: `${review}:seal` }));
};

it('what somebody calls undone is open until a look finds it gone, and signed off by nobody while it stands', async () => {
  await calls(0, 1);
  expect(await card()).toContain('being looked at');
  await glass.looks(use, { evidence: { gone: [1] } });
  expect(await drift()).toMatchObject([
    { settled: null, claim: { by: cat, found: 'standing' } },
    { settled: { by: cat, verdict: 'undone' }, claim: null },
  ]);
  for (const shown of [await card(), await form()]) expect(shown).toContain('still stood at the target');
  expect(await glass.signs(review, bob)).toMatchObject({ ok: false, code: 'break-glass.differences_open' });
  await calls(0);
  await glass.looks(use, { evidence: { gone: [0] } });
  expect(await glass.signs(review, bob)).toMatchObject({ ok: true });
});

it.each<[string, Partial<Receipt>, string]>([
  ['that cannot reach the target', { outcome: 'rejected', code: 'target_unreachable' }, 'could not be asked'],
  ['that came too late', { outcome: 'rejected', code: 'packet_expired' }, 'could not be asked'],
  ['that lost what it knew', { outcome: 'rejected', code: 'difference_unknown' }, 'only be accepted'],
  ['that says nothing of use', { evidence: { gone: 'all' } }, 'could not be asked'],
])('rule 2: an executor %s undoes nothing, and whoever looks reads so', async (_what, answer, words) => {
  await calls(0);
  await glass.looks(use, answer);
  expect(await drift()).toMatchObject([{ settled: null }, { settled: null, claim: null }]);
  for (const shown of [await card(), await form()]) expect(shown).toContain(words);
});

it('an executor that never answers undoes nothing, and its answer from another day neither', async () => {
  await calls(0);
  await glass.due(review);
  const packetId = (await glass.readReview(use)).details.look?.packetId;
  glass.clock.advance(3 * MINUTE);
  await glass.due(review);
  expect(await drift()).toMatchObject([{ settled: null, claim: { found: 'unreachable' } }, {}]);
  await glass.receives(review, {
    kind: 'observe',
    outcome: 'observed',
    evidence: { gone: [0] },
    ...(packetId !== undefined && { packetId }),
  });
  expect(await drift()).toMatchObject([{ settled: null }, {}]);
});

it('a line called undone while another is looked at waits for a look of its own; what was accepted stays accepted', async () => {
  await calls(0);
  await glass.due(review);
  const first = (await glass.readReview(use)).details.look?.packetId;
  await calls(1);
  await settleLines(glass.context, review, { ...asking(bob), verdicts: new Map([[0, 'accepted']]) });
  await glass.receives(review, {
    kind: 'observe',
    outcome: 'observed',
    evidence: { gone: [0, 1] },
    ...(first !== undefined && { packetId: first }),
  });
  expect(await drift()).toMatchObject([
    { settled: { by: bob, verdict: 'accepted' } },
    { settled: null, claim: { found: null } },
  ]);
  await glass.looks(use, { evidence: { gone: [1] } });
  expect(await drift()).toMatchObject([{}, { settled: { by: cat, verdict: 'undone' } }]);
});

it('a manager who calls a line undone again and again delays no escalation', async () => {
  glass.clock.advance(10 * 24 * HOUR);
  await calls(0);
  await glass.due(review);
  expect((await glass.readReview(use)).state).toBe('review_overdue');
  await glass.looks(use, { evidence: { gone: [] } });
  const { dueAt } = await glass.readReview(use);
  expect(dueAt?.getTime()).toBeGreaterThan(glass.clock.now().getTime());
  expect(dueAt?.toISOString()).toBe((await glass.readReview(use)).details.escalateAt);
});

it('whoever calls a line undone reads in the same form what the look found, and can try again there', async () => {
  const submission = breakGlass.slack.submissions.find(({ callbackId }) => callbackId === MODALS.differences);
  const { version } = await glass.readReview(use);
  const answer = await submission?.run(glass.context, {
    ...asking(dan),
    metadata: `${review}:seal:${version}`,
    receivedAt: glass.clock.now(),
    values: { 'line-0': 'undone', 'line-1': null, others: null },
  });
  if (answer?.show !== 'modal_later') throw new Error('nothing is waited for');
  const [view] = await Promise.all([answer.fill(), glass.looks(use, { evidence: { gone: [] } })]);
  const text = JSON.stringify(view);
  expect(text).toContain('Still open: 1');
  expect(text).toContain('still stood at the target');
  expect(text).toContain('"block_id":"line-0"');
});
