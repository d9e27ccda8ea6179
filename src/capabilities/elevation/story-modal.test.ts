import { resolve } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { inlineValue, modal, validatePayload } from '../../blocks/index.js';
import { newEventId, newRequestId } from '../../core/ids.js';
import { PrincipalId, TenantId } from '../../core/tenant.js';
import { loadPolicy, type Policy, readPolicyFiles } from '../../policy/index.js';
import type { StoredVote } from '../../store/index.js';
import type { Entry } from '../entries.js';
import { sample } from './sample.js';
import type { Elevation } from './schemas.js';
import type { TakenBack } from './story.js';
import { storyBlocks } from './story-modal.js';

const at = new Date('2026-01-05T10:00:00.000Z');
const alice = PrincipalId.parse('alice');

const request: Elevation = {
  tenant: TenantId.parse('T1'),
  id: newRequestId(),
  number: 7,
  capability: 'elevation',
  state: 'ended',
  version: 9,
  parentId: null,
  requester: alice,
  subject: alice,
  details: sample('ended'),
  dueAt: null,
  createdAt: at,
  updatedAt: at,
  votes: [],
};

const bob = PrincipalId.parse('bob');

const vote = (over: Partial<StoredVote> = {}): StoredVote => ({
  id: newEventId(),
  principal: bob,
  verdict: 'approve',
  seal: 'a'.repeat(64),
  reason: '<!channel> fine',
  proof: null,
  castAt: at,
  ...over,
});

const entry = (seq: number, over: Partial<Entry> = {}): Entry => ({
  seq,
  type: 'elevation.approved',
  at: at.toISOString(),
  by: bob,
  data: {},
  decision: { effect: 'allow', rules: ['elevation.vote'], policyDigest: 'other', inputDigest: 'none' },
  policyInput: null,
  ...over,
});

let policy: Policy;

beforeAll(async () => {
  policy = await loadPolicy(
    readPolicyFiles(
      resolve(import.meta.dirname, '../../../policies'),
      new Set(['postgres', 'okta', 'github']),
    ),
  );
});

function told(story: { events?: Entry[]; votes?: StoredVote[]; takenBack?: TakenBack[] }): string {
  const voted = { ...request, votes: story.votes ?? [vote()] };
  const blocks = storyBlocks({ policy }, voted, story.events ?? [], story.takenBack);
  expect(validatePayload({ view: modal({ callbackId: 'x', title: 'x', blocks }) })).toEqual([]);
  return JSON.stringify(blocks);
}

it.each([0, 12, 5_000])(
  "a story of %i entries names rules, votes and positions within Slack's limits",
  (count) => {
    const text = told({ events: Array.from({ length: count }, (_, seq) => entry(seq)) });
    expect(text).toContain('<@U02BOB>: approve');
    expect(text).not.toContain('<!channel>');
    if (count > 0) expect(text).toContain(`#${count - 1}\` elevation.approved by <@U02BOB>`);
    if (count > 0) expect(text).toContain('allow: elevation.vote');
  },
);

it("entries as long as they come stay within Slack's limits, each with its reasons", () => {
  const rules = Array.from({ length: 40 }, (_, place) => `elevation.rule_of_some_length_${place}`);
  const decision = { effect: 'oblige', rules, policyDigest: 'none', inputDigest: 'none' };
  const duties = ['elevation.end_sent', 'elevation.release_refused', 'freeze.in_force'];
  const long = Array.from({ length: 40 }, (_, seq) =>
    entry(seq, {
      type: `elevation.${'x'.repeat(80)}`,
      decision: { ...decision, rules: [...duties, ...rules] },
    }),
  );
  expect(told({ events: long })).toContain('until it is proved gone');
  expect(told({ votes: Array.from({ length: 60 }, () => vote({ reason: 'y'.repeat(900) })) })).toContain(
    'and 51 more',
  );
});

it('says who did it, a process or somebody whose name is gone, and in words what policy let through or obliged', () => {
  const facts = { actor: null };
  const asked = policy.decide('elevation/decision', facts);
  const refused = entry(3, {
    policyInput: asked.input,
    decision: {
      effect: asked.effect,
      rules: asked.reasons.map(({ rule }) => rule),
      policyDigest: policy.digest,
      inputDigest: asked.inputDigest,
    },
  });
  const receipt = {
    effect: 'oblige',
    rules: ['elevation.receipt'],
    policyDigest: 'none',
    inputDigest: 'none',
  };
  const text = told({
    events: [entry(1, { by: { process: 'worker' }, decision: receipt }), entry(2, { by: null }), refused],
  });
  expect(text).toContain('by worker');
  expect(text).toContain('The executor proved it.');
  expect(text).toContain('by somebody whose name is gone');
  expect(text).toContain(inlineValue(asked.reasons[0]?.message ?? '', 120));
});

it('has the votes that count no more beside those that do, the grant and its end', () => {
  const text = told({ takenBack: [{ ...vote({ seal: 'b'.repeat(64) }), voidedAt: at }] });
  expect(text).toMatch(/counts no more since .*· on other terms/);
  expect(text).toContain('*Grant*');
  expect(text).toContain('credentials shown: 0');
  expect(text).toMatch(/\*End\*.*proved gone/);
});
