import { describe, expect, it } from 'vitest';
import { newEventId, newPacketId, newRequestId } from '../core/ids.js';
import { sealDigest } from '../core/seal.js';
import { PrincipalId, TenantId } from '../core/tenant.js';
import { type WindowTerms, windowDigest } from '../core/window.js';
import type { GrantPacket } from '../packet/index.js';
import { checkTerms } from './check-terms.js';
import { Limits } from './limits.js';

const person = (name: string) => PrincipalId.parse(name);
const READ = ['SELECT ON TABLE shop.orders', 'USAGE ON SCHEMA shop'];
const tenant = TenantId.parse('T01');
const window = newRequestId();

const limits = (scope: object = {}) =>
  Limits.parse({
    v: 1,
    systems: {
      'orders-db': {
        votes: 1,
        longestMinutes: 240,
        grantsPerHour: 10,
        scopes: { read: { privileges: READ, windows: true, ...scope } },
      },
    },
  });

interface Change {
  packet?: Partial<GrantPacket>;
  terms?: Partial<WindowTerms>;
  asker?: string;
  voters?: string[];
  /** The window the votes are for, where it is not the one in the packet. */
  votedOn?: Partial<WindowTerms>;
}

/** A grant to Alice in a window that Bob countersigned. */
function packetInWindow({ packet = {}, terms = {}, asker = 'lead', voters = ['bob'], votedOn }: Change = {}) {
  const asked = {
    tenant,
    requestId: newRequestId(),
    requester: person('alice'),
    subject: person('alice'),
    system: 'orders-db',
    scope: 'read',
    login: null,
    privileges: READ,
    startAt: null,
    change: null,
    durationMinutes: 60,
    reasonDigest: 'c'.repeat(64),
  };
  const covering = {
    people: ['alice', 'erin'].map(person),
    scopes: [{ scope: 'read', privileges: READ }],
    uses: 3,
    longestMinutes: 60,
    startsAt: '2026-11-21T09:00:00.000Z',
    endsAt: '2026-11-21T18:00:00.000Z',
    ...terms,
  };
  const digestOf = (of: WindowTerms) =>
    windowDigest({
      tenant,
      requestId: window,
      requester: person(asker),
      system: 'orders-db',
      terms: of,
      reasonDigest: 'd'.repeat(64),
    });
  const changed = { ...asked, ...packet };
  const built: GrantPacket = {
    v: 1,
    kind: 'grant',
    id: newPacketId(),
    issuedAt: '2026-11-21T10:00:00.000Z',
    notBefore: '2026-11-21T10:00:00.000Z',
    expiresAt: '2026-11-21T10:02:00.000Z',
    endsAtLatest: '2026-11-21T11:02:00.000Z',
    approvalsNeeded: 1,
    ...changed,
    seal: sealDigest({
      tenant,
      requestId: changed.requestId,
      requester: changed.requester,
      subject: changed.subject,
      system: changed.system,
      scope: changed.scope,
      login: changed.login,
      privileges: changed.privileges,
      startAt: changed.startAt,
      change: changed.change,
      durationMinutes: changed.durationMinutes,
      reasonDigest: changed.reasonDigest,
    }),
    votes: voters.map((voter) => ({
      voteId: newEventId(),
      principal: person(voter),
      verdict: 'approve',
      seal: digestOf({ ...covering, ...votedOn }),
      castAt: '2026-11-21T08:00:00.000Z',
      proof: null,
    })),
    window: {
      requestId: window,
      requester: person(asker),
      terms: {
        ...covering,
        people: [...covering.people],
        scopes: covering.scopes.map(({ scope, privileges }) => ({ scope, privileges: [...privileges] })),
      },
      reasonDigest: 'd'.repeat(64),
      seal: digestOf(covering),
    },
  };
  return built;
}

const codeOf = (packet: GrantPacket, held = limits()): string => {
  const checked = checkTerms(packet, held);
  return checked.ok ? 'ok' : checked.code;
};

describe('rule 6: a grant in a window', () => {
  it('passes where the limits let windows through and the window covers it', () => {
    expect(codeOf(packetInWindow())).toBe('ok');
  });

  it("is refused unless the target's owner lets windows through: as a limits file comes, none is", () => {
    expect(codeOf(packetInWindow(), limits({ windows: false }))).toBe('limit_window');
    expect(codeOf(packetInWindow(), limits({ windows: undefined }))).toBe('limit_window');
  });

  it.each<[string, Change]>([
    ['somebody it does not name', { terms: { people: [person('erin')] } }],
    ['another than who asked', { packet: { requester: person('erin') } }],
    ['a scope it does not name', { terms: { scopes: [{ scope: 'write', privileges: READ }] } }],
    ['a privilege it did not have', { terms: { scopes: [{ scope: 'read', privileges: READ.slice(1) }] } }],
    ['a longer use', { terms: { longestMinutes: 59 } }],
    ['a use before it opens', { terms: { startsAt: '2026-11-21T10:00:00.001Z' } }],
    ['an access that outlives it', { terms: { endsAt: '2026-11-21T11:01:59.999Z' } }],
    ['a scheduled start', { packet: { startAt: '2026-11-21T10:00:00.000Z' } }],
  ])('does not cover %s', (_what, change) => {
    expect(codeOf(packetInWindow(change))).toBe('window_mismatch');
  });

  it('rule 5: terms that nobody voted on do not match their seal, or not the votes', () => {
    const packet = packetInWindow();
    if (packet.window === null) throw new Error('it has a window');
    const wider = { ...packet.window, terms: { ...packet.window.terms, uses: 100 } };
    expect(codeOf({ ...packet, window: wider })).toBe('window_mismatch');
    expect(codeOf(packetInWindow({ votedOn: { uses: 100 } }))).toBe('vote_invalid');
    expect(codeOf({ ...packet, window: null })).toBe('vote_invalid');
  });

  it('rule 4: nobody vouches for a window that lets them in or that they asked for', () => {
    for (const voter of ['alice', 'erin', 'lead'])
      expect(codeOf(packetInWindow({ voters: ['bob', voter] }))).toBe('vote_invalid');
    expect(codeOf(packetInWindow({ voters: [] }))).toBe('votes_missing');
    expect(codeOf(packetInWindow({ packet: { approvalsNeeded: 2 } }))).toBe('votes_missing');
    expect(codeOf(packetInWindow(), limits({ votes: 2 }))).toBe('votes_missing');
  });
});
