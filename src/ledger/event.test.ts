import { expect, test } from 'vitest';
import { sha256Hex } from '../core/canonical.js';
import { parseStrictJson } from '../core/strict-json.js';
import { PrincipalId, TenantId } from '../core/tenant.js';
import { commitTo } from './commitment.js';
import { type EventDraft, prepareEvent } from './event.js';
import { openPersonal } from './personal.js';

const tenant = TenantId.parse('T1');
const alice = PrincipalId.parse('alice');
const bob = PrincipalId.parse('bob');
const at = new Date('2026-11-21T10:00:00Z');
const key = Buffer.alloc(32, 7);
const deps = {
  pseudonyms: {
    of: async (_tenant: TenantId, principal: PrincipalId) => `n_${sha256Hex(principal).slice(0, 32)}`,
  },
  subjectKeys: { obtain: async () => key, find: async () => key, erase: async () => {} },
};
const draft: EventDraft = {
  type: 'elevation.requested',
  requestId: null,
  actor: alice,
  people: { subject: bob },
  personal: { reason: { subject: alice, text: 'alice fixes billing' } },
  data: { system: 'orders' },
};
const prepare = (change: Partial<EventDraft> = {}) =>
  prepareEvent(deps, { tenant, at, draft: { ...draft, ...change }, decision: null });

test('rule 16: an entry holds no name and no free text, only pseudonyms and commitments', async () => {
  const { payload } = await prepare();
  expect(payload).not.toMatch(/alice|bob|billing/);
  expect(parseStrictJson(Buffer.from(payload))).toMatchObject({
    v: 1,
    type: 'elevation.requested',
    data: { system: 'orders' },
  });
});

test('rule 16: the same event twice has two payloads, so a public leaf hash confirms no guess', async () => {
  const [one, two] = await Promise.all([prepare(), prepare()]);
  const nonces = [one, two].map(({ payload }) => /"nonce":"([\w-]{22})"/.exec(payload)?.[1]);
  expect(new Set(nonces).size).toBe(2);
});

test('the text beside opens to what the entry committed to, at its own place only', async () => {
  const { eventId, payload, personal } = await prepare();
  const [text] = personal;
  if (!text) throw new Error('no sealed text');
  const place = { tenant, eventId, field: 'reason', pseudonym: text.pseudonym };
  const sealed = Buffer.from(text.sealed, 'base64');
  const opened = openPersonal(key, place, sealed);
  expect(opened?.text).toBe('alice fixes billing');
  expect(payload).toContain(commitTo(opened?.salt ?? Buffer.alloc(0), 'reason', 'alice fixes billing'));
  expect(openPersonal(key, { ...place, field: 'other' }, sealed)).toBeNull();
  expect(openPersonal(Buffer.alloc(32, 8), place, sealed)).toBeNull();
});

test('a decision leaves its digests in the entry and its input beside it', async () => {
  const input = '{"a":1}';
  const decision = {
    effect: 'allow',
    reasons: [{ rule: 'r1', message: 'm' }],
    policyDigest: 'p',
    inputDigest: sha256Hex(input),
    input,
  };
  const prepared = await prepareEvent(deps, { tenant, at, draft, decision });
  expect(JSON.parse(prepared.payload).decision).toEqual({
    effect: 'allow',
    rules: ['r1'],
    policyDigest: 'p',
    inputDigest: sha256Hex(input),
  });
  expect(prepared.policyInput).toEqual({ digest: sha256Hex(input), input });
  const forged = { ...decision, input: '{"a":2}' };
  await expect(prepareEvent(deps, { tenant, at, draft, decision: forged })).rejects.toMatchObject({
    code: 'ledger_event_invalid',
  });
});

test('a malformed type, an oversized event and a lone surrogate are refused before any transaction', async () => {
  await expect(prepare({ type: 'Nonsense' })).rejects.toMatchObject({ code: 'ledger_event_invalid' });
  await expect(prepare({ data: { text: 'x'.repeat(65_535) } })).rejects.toMatchObject({
    code: 'ledger_entry_too_large',
  });
  await expect(prepare({ data: { text: '\ud800' } })).rejects.toThrow();
});
