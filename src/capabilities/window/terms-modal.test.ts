import { expect, it } from 'vitest';
import { validatePayload } from '../../blocks/index.js';
import { newRequestId } from '../../core/ids.js';
import { PrincipalId, TenantId } from '../../core/tenant.js';
import type { Names } from '../define.js';
import { canBeRead } from '../sealed-terms.js';
import { sample } from './sample.js';
import type { WindowRequest } from './schemas.js';
import { termsView } from './terms-modal.js';
import { scopesPart } from './terms-views.js';
import { surfaces } from './views.js';

const at = new Date('2026-01-05T10:00:00.000Z');
const alice = PrincipalId.parse('alice');
const names: Names = {
  person: (principal) => principal,
  mention: () => '<@U01ALICE>',
  system: (id) => id,
  scope: (_system, id) => `Title of ${id}`,
};

const scopes = (count: number, each: number, length = 60) =>
  Array.from({ length: count }, (_, scope) => ({
    scope: `scope-${scope}`,
    privileges: Array.from({ length: each }, (_one, index) =>
      `SELECT ON TABLE s${scope}.t${index}.`.padEnd(length, 'x'),
    ),
  }));

const asking = sample('pending');

const request = (terms: Partial<typeof asking.terms>): WindowRequest => ({
  tenant: TenantId.parse('T1'),
  id: newRequestId(),
  number: 7,
  capability: 'window',
  state: 'pending',
  version: 1,
  parentId: null,
  requester: alice,
  subject: alice,
  details: { ...asking, terms: { ...asking.terms, ...terms } },
  dueAt: null,
  createdAt: at,
  updatedAt: at,
  votes: [],
});

function cardOf(of: WindowRequest): string {
  const card = surfaces(of, names).find(({ name }) => name === 'card');
  expect(validatePayload({ message: { text: card?.text, blocks: card?.blocks } })).toEqual([]);
  return JSON.stringify(card?.blocks);
}

it('rule 5: twenty scopes are all on the card, each with its privileges', () => {
  const terms = { scopes: scopes(20, 2) };
  const card = cardOf(request(terms));
  for (const { scope, privileges } of terms.scopes)
    for (const text of [`Title of ${scope}:`, ...privileges]) expect(card).toContain(text);
  expect(card).not.toContain('Show Terms');
});

it('rule 5: of more than a card can hold it says so, and Show Terms has every scope, privilege and person', () => {
  const people = Array.from({ length: 20 }, (_, index) => PrincipalId.parse(`person-${index}`));
  const of = request({ scopes: scopes(20, 11, 200), people });
  expect(cardOf(of)).toContain('*Scopes (20) and their privileges*: longer than this message.');
  expect(cardOf(of)).toContain('"window.show_terms"');
  const view = termsView(of, { ...names, mention: (who) => `<${who}>` }, asking.seal);
  expect(validatePayload({ view })).toEqual([]);
  const whole = JSON.stringify(view.blocks);
  for (const { scope, privileges } of of.details.terms.scopes)
    for (const text of [`Title of ${scope}:`, ...privileges]) expect(whole).toContain(text);
  for (const who of people) expect(whole).toContain(`<${who}>`);
});

it('a window of more privileges than a modal can show cannot be read', () => {
  const read = (count: number, each: number) =>
    canBeRead([scopesPart('orders-db', scopes(count, each, 200), names)]);
  expect(read(20, 11)).toBe(true);
  expect(read(20, 12)).toBe(false);
});
