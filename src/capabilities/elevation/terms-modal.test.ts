import { expect, it } from 'vitest';
import { validatePayload } from '../../blocks/index.js';
import { newRequestId } from '../../core/ids.js';
import { PrincipalId, TenantId } from '../../core/tenant.js';
import type { Names } from '../define.js';
import { sample } from './sample.js';
import type { Details, Elevation } from './schemas.js';
import { termsView } from './terms-modal.js';
import { surfaces } from './views.js';

const at = new Date('2026-01-05T10:00:00.000Z');
const alice = PrincipalId.parse('alice');
const names: Names = {
  person: (principal) => principal,
  mention: () => '<@U01ALICE>',
  system: () => 'S'.repeat(75),
  scope: () => '&'.repeat(75),
};

const request = (terms: Partial<Details>): Elevation => ({
  tenant: TenantId.parse('T1'),
  id: newRequestId(),
  number: 7,
  capability: 'elevation',
  state: 'pending',
  version: 1,
  parentId: null,
  requester: alice,
  subject: alice,
  details: { ...sample('pending'), ...terms },
  dueAt: null,
  createdAt: at,
  updatedAt: at,
  votes: [],
});

const privileges = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `SELECT ON TABLE shop.${'t'.repeat(176)}_${100 + index}`);
/** Its last word tells whether all of it is there. */
const reason = `INC-1 ${'orders are stuck '.repeat(117)}END`;

function cardOf(terms: Partial<Details>): string {
  const card = surfaces(request(terms), names).find(({ name }) => name === 'card');
  expect(validatePayload({ message: { text: card?.text, blocks: card?.blocks } })).toEqual([]);
  return JSON.stringify(card?.blocks);
}

function modalOf(terms: Partial<Details>, seal = sample('pending').seal): string {
  const view = termsView(request(terms), names, seal);
  expect(validatePayload({ view })).toEqual([]);
  return JSON.stringify(view.blocks);
}

it('rule 5: twenty privileges of 200 characters and a reason of 2,000 stand on the card, nothing of them cut', () => {
  const terms = { privileges: privileges(20), reason };
  const card = cardOf(terms);
  for (const privilege of terms.privileges) expect(card).toContain(`\`${privilege}\``);
  expect(card).toContain('END');
  expect(card).not.toContain('…');
  expect(card).not.toContain('Show Terms');
});

it('rule 5: what a card has no room for is named on it, and Show Terms has every word', () => {
  const terms = { privileges: privileges(100), reason: `${'<&>'.repeat(665)} END` };
  const card = cardOf(terms);
  expect(card).not.toContain('END');
  expect(card).toContain('*Reason* and *Privileges (100)*: longer than this message.');
  expect(card).toContain('"elevation.show_terms"');
  const whole = modalOf(terms);
  for (const privilege of terms.privileges) expect(whole).toContain(`\`${privilege}\``);
  expect(whole).toContain('END');
  expect(whole).not.toContain('…');
});

it('rule 5: account, ticket, commit and seal are as whole as the rest', () => {
  const ticket = '&'.repeat(100);
  const login = `${'a'.repeat(80)}@hookpilot.example`;
  const shown = modalOf({ ticket, login });
  for (const text of [cardOf({ ticket, login }), shown]) {
    expect(text).toContain('&amp;'.repeat(100));
    expect(text).toContain(`\`${login}\``);
    expect(text).toContain(`@${'b'.repeat(40)}>`);
    expect(text).toContain('&amp;'.repeat(75));
  }
  expect(shown).toContain(sample('pending').seal);
});

it('whoever opens them from a message of older terms is told so', () => {
  expect(modalOf({})).not.toContain('newer than the message');
  expect(modalOf({}, 'f'.repeat(64))).toContain('newer than the message');
});
