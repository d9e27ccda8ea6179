import { newPacketId, newRequestId } from '../../core/ids.js';
import { PrincipalId } from '../../core/tenant.js';
import type { ElevationState } from './machine.js';
import type { Details } from './schemas.js';

const AT = '2026-01-05T10:00:00.000Z';
const ENDS = '2026-01-05T11:00:00.000Z';

/** Details as they stand in a state; the conformance suite renders and parses every one. */
export function sample(state: ElevationState): Details {
  const asked: Details = {
    system: 'orders-db',
    scope: 'read-orders',
    login: null,
    privileges: ['SELECT ON TABLE shop.orders', 'USAGE ON SCHEMA shop'],
    durationMinutes: 60,
    reason: 'INC-1: orders stuck since 09:40',
    ticket: 'INC-1',
    startAt: '2026-01-05T10:30:00.000Z',
    change: {
      repository: 'hookpilot/caption-studio',
      sha: 'b'.repeat(40),
      url: 'https://github.com/hookpilot/caption-studio/commit/bbbb',
      since: 'a'.repeat(40),
      commits: 3,
      authors: [PrincipalId.parse('alice')],
    },
    askedAt: AT,
    edits: [{ at: AT, voided: [PrincipalId.parse('bob')] }],
    seal: 'a'.repeat(64),
    approvalsNeeded: 1,
    approvers: [PrincipalId.parse('bob')],
    deciding: sampleDeciding(),
    window: null,
    pendingUntil: '2026-01-05T18:00:00.000Z',
    outageMilliseconds: 0,
    renews: { id: newRequestId(), number: 4 },
    decided: null,
    grant: null,
    warnedAt: null,
    showings: [],
    end: null,
    failure: null,
  };
  const decided = { by: PrincipalId.parse('bob'), at: AT, reason: null };
  const released = {
    packetId: newPacketId(),
    attempts: 1,
    endsAtLatest: ENDS,
    account: null,
    grantedAt: null,
    expiresAt: null,
  };
  const granted = { ...released, account: 'cs_g_example', grantedAt: AT, expiresAt: ENDS };
  const end = {
    reason: 'expired' as const,
    by: null,
    why: null,
    askedAt: ENDS,
    packetId: newPacketId(),
    attempts: 1,
    provedAt: null,
  };
  switch (state) {
    case 'pending':
      return asked;
    case 'approved':
      return { ...asked, decided };
    case 'executing':
      return { ...asked, decided, grant: released };
    case 'active':
      return {
        ...asked,
        decided,
        grant: granted,
        window: {
          id: newRequestId(),
          number: 3,
          seal: 'e'.repeat(64),
          approvers: [PrincipalId.parse('bob')],
          usesLeft: 2,
        },
        warnedAt: '2026-01-05T10:48:00.000Z',
        showings: [{ packetId: newPacketId(), askedAt: AT, shownAt: AT }],
      };
    case 'ending':
    case 'revoke_unproven':
      return { ...asked, decided, grant: granted, end };
    case 'ended':
      return { ...asked, decided, grant: granted, end: { ...end, provedAt: ENDS } };
    case 'denied':
      return { ...asked, decided: { ...decided, reason: 'Use the replica.' } };
    case 'cancelled':
      return { ...asked, decided: { by: PrincipalId.parse('alice'), at: AT, reason: null } };
    case 'timed_out':
      return { ...asked, decided: { by: null, at: AT, reason: null } };
    case 'failed':
      return {
        ...asked,
        decided,
        grant: released,
        failure: 'The owner of this system does not allow this scope.',
      };
  }
}

function sampleDeciding(): Details['deciding'] {
  const [bob, cat, alice] = [PrincipalId.parse('bob'), PrincipalId.parse('cat'), PrincipalId.parse('alice')];
  return {
    stages: [
      { needed: 1, approvers: [bob, cat] },
      { needed: 1, approvers: [cat] },
    ],
    raised: ['Twenty or more requests of one person in an hour.'],
    tooFew: true,
    shortened: [{ by: bob, at: AT, fromMinutes: 120, toMinutes: 60, voided: 1 }],
    withdrawn: [
      { by: cat, at: AT, because: null },
      { by: bob, at: AT, because: 'frozen' },
    ],
    questions: [
      { by: bob, at: AT, text: 'Which orders?', answer: { by: alice, at: AT, text: 'Those since 09:40.' } },
      { by: cat, at: AT, text: 'Why not the replica?', answer: null },
    ],
    nudges: [{ at: AT, people: [bob, cat] }],
    nudgeStep: 1,
    nudgeAt: '2026-01-05T10:45:00.000Z',
  };
}
