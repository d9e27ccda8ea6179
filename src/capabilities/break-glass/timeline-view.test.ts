import { expect, it } from 'vitest';
import { validatePayload } from '../../blocks/index.js';
import { newRequestId } from '../../core/ids.js';
import { PrincipalId, TenantId } from '../../core/tenant.js';
import type { Names } from '../define.js';
import type { Entry } from '../entries.js';
import { sample } from './sample.js';
import { eventTypes, type Review } from './schemas.js';
import { asReview } from './stored.js';
import { lineOf } from './timeline.js';
import { timelineSurfaces } from './timeline-view.js';

const at = new Date('2026-01-05T10:00:00.000Z');
const alice = PrincipalId.parse('alice');

const review: Review = asReview({
  tenant: TenantId.parse('T1'),
  id: newRequestId(),
  number: 7,
  capability: 'break-glass',
  state: 'review_open',
  version: 1,
  parentId: newRequestId(),
  requester: alice,
  subject: alice,
  details: sample('review_open'),
  dueAt: null,
  createdAt: at,
  updatedAt: at,
  votes: [],
});

/** As long as a name may be that is no mention. */
const names: Names = {
  person: (id) => id,
  mention: () => 'n'.repeat(100),
  system: (id) => id,
  scope: (_system, id) => id,
};

const entry = (seq: number, over: Partial<Entry> = {}): Entry => ({
  seq,
  type: 'break-glass.credential_shown',
  at: at.toISOString(),
  by: alice,
  data: {},
  decision: null,
  policyInput: null,
  ...over,
});

/** What the thread says of these entries. */
function thread(...entries: Entry[]): string {
  const [surface, ...others] = timelineSurfaces(review, entries.map(lineOf), names);
  if (surface === undefined) return '';
  const { text, blocks } = surface;
  expect(others).toEqual([]);
  expect(validatePayload({ message: { text, blocks: [...blocks] } })).toEqual([]);
  return JSON.stringify(blocks);
}

it.each([1, 50, 5_000])(
  "%i entries fit Slack's limits, the first and the newest by their positions",
  (count) => {
    const text = thread(...Array.from({ length: count }, (_, seq) => entry(seq + 100)));
    expect(text).toContain('· entry 100 · credential shown ·');
    expect(text).toContain(`· entry ${count + 99} · `);
    expect(text.match(/entry \d+/g)).toHaveLength(Math.min(count, 50));
    if (count > 50) expect(text).toContain(`${count - 50} entries between are left out here`);
    expect(text).toContain('/break-glass export 7');
  },
);

it('every type of entry has words of its own; what only runs the loop is left to the export', () => {
  const lines = eventTypes.map((type, seq) => lineOf(entry(seq, { type })));
  expect(lines.filter(({ what, type }) => what === '' || what === type)).toEqual([]);
  expect(new Set(lines.map(({ what }) => what)).size).toBe(eventTypes.length);
  expect(thread(entry(1, { type: 'break-glass.waited' }))).toBe('');
});

it.each<[string, Entry['data'], string]>([
  ['used', { selfDeclared: true }, 'break-glass opened, self-declared'],
  ['released', { selfDeclared: true }, 'check-out signed, self-declared'],
  ['alert_taken', { sink: 'slack' }, 'alert taken in Slack'],
  ['alert_taken', { sink: 'webhook' }, 'alert taken by the pager'],
  ['end_asked', { reason: 'ended_early' }, 'end: ended early'],
  ['rotation_sent', { reason: 'taken_over' }, 'rotation signed: taken over'],
  ['justified', { amendment: false, late: true }, 'justified, late'],
  ['justified', { amendment: true, late: false }, 'justification amended'],
  ['review_edited', { what: 'differences' }, 'verdict on differences'],
  ['contained', { what: 'stop' }, 'user stopped'],
])('%s with %j is told as %s', (type, data, what) => {
  expect(lineOf(entry(1, { type: `break-glass.${type}`, data })).what).toBe(what);
});

it('who did it is named, and so is that a name is gone', () => {
  expect(thread(entry(1, { by: { process: 'doer' } }))).toContain('credential shown · doer');
  expect(thread(entry(1, { by: null }))).toContain('credential shown · somebody whose name is gone');
});
