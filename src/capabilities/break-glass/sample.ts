import { newPacketId, newRequestId } from '../../core/ids.js';
import { PrincipalId } from '../../core/tenant.js';
import type { GlassState } from './machine.js';
import type { Details, JustificationDetails, ReviewDetails, UseDetails } from './schemas.js';

const AT = '2026-01-05T10:00:00.000Z';
const ENDS = '2026-01-05T11:00:00.000Z';
const SEAL = 'a'.repeat(64);
const dan = PrincipalId.parse('dan');

const asked: UseDetails = {
  part: 'use',
  system: 'orders-db',
  account: 'break_glass_1',
  incident: 'INC-7',
  severity: 'sev-1',
  what: 'Orders are stuck since 09:40 and the queue is full.',
  basis: { kind: 'incident', id: 'PINC7', title: 'Orders stuck', url: 'https://pagerduty.example/PINC7' },
  selfDeclared: false,
  minutes: 60,
  seal: SEAL,
  alerted: [dan],
  alsoAlerted: [],
  alerts: [],
  openedAt: AT,
  holdsAccount: true,
  window: null,
  showings: [],
  end: null,
  failure: null,
  justification: newRequestId(),
  review: newRequestId(),
};

const justification: JustificationDetails = {
  part: 'justification',
  system: 'orders-db',
  seal: SEAL,
  deadline: '2026-01-06T10:00:00.000Z',
  reminders: 1,
  overdueAt: null,
  texts: [],
  standIn: null,
  review: newRequestId(),
};

const review: ReviewDetails = {
  part: 'review',
  system: 'orders-db',
  seal: SEAL,
  owner: dan,
  record: {
    severity: 'critical',
    detectedAt: AT,
    description: 'Orders were stuck.',
    impact: 'No captions were delivered for 40 minutes.',
    remediation: 'The blocking transaction was ended.',
    prevention: 'A timeout for such transactions.',
  },
  drift: [
    { change: 'added', line: 'orders: TABLE shop.fixed OWNER break_glass_1', settled: null, claim: null },
  ],
  look: null,
  dueBy: '2026-01-12T10:00:00.000Z',
  escalations: 0,
  escalateAt: '2026-01-12T10:00:00.000Z',
  signedOff: null,
  justification: newRequestId(),
};

/** Details as they stand in a state; the conformance suite renders and parses every one. */
export function sample(state: GlassState): Details {
  const window = {
    packetId: newPacketId(),
    attempts: 1,
    endsAtLatest: ENDS,
    checkedOutAt: AT,
    expiresAt: ENDS,
  };
  const end = {
    reason: 'expired' as const,
    by: null,
    askedAt: ENDS,
    packetId: newPacketId(),
    attempts: 1,
    alarms: 0,
    provedAt: null,
  };
  const open = {
    ...asked,
    alerts: [{ channel: 'slack' as const, at: AT }],
    window,
    showings: [{ packetId: newPacketId(), askedAt: AT, shownAt: AT }],
  };
  const given = {
    ...justification,
    texts: [{ at: ENDS, text: 'The pool was exhausted; I ended one session.' }],
  };
  const late = { ...justification, overdueAt: '2026-01-06T10:00:00.000Z' };
  const standIn = {
    by: dan,
    at: ENDS,
    text: 'She left that evening; the log of the target shows one session ended.',
    confirmed: null,
  };
  switch (state) {
    case 'alerting':
      return asked;
    case 'opening':
      return { ...asked, window: { ...window, checkedOutAt: null, expiresAt: null } };
    case 'open':
      return open;
    case 'ending':
      return { ...open, end };
    case 'rotation_unproven':
      return { ...open, alsoAlerted: [PrincipalId.parse('bob')], end: { ...end, alarms: 3 } };
    case 'rotated':
    case 'closed':
      return { ...open, end: { ...end, provedAt: ENDS } };
    case 'failed':
      return { ...asked, failure: 'Somebody is logged in with this account. Use the other one.' };
    case 'justification_waiting':
      return { ...justification, deadline: null, reminders: 0 };
    case 'justification_due':
      return justification;
    case 'justification_overdue':
      return { ...late, standIn };
    case 'justification_stood_in':
      return { ...late, standIn: { ...standIn, confirmed: { by: PrincipalId.parse('hana'), at: ENDS } } };
    case 'justification_given':
    case 'justification_closed':
      return given;
    case 'review_open':
    case 'dropped':
      return review;
    case 'review_overdue':
      return { ...review, escalations: 1, escalateAt: '2026-01-13T10:00:00.000Z' };
    case 'review_closed':
      return { ...review, signedOff: { by: PrincipalId.parse('bob'), at: ENDS } };
  }
}
