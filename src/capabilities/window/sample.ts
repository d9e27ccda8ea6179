import { newRequestId } from '../../core/ids.js';
import { PrincipalId } from '../../core/tenant.js';
import type { WindowState } from './machine.js';
import type { Details } from './schemas.js';

const AT = '2026-01-05T10:00:00.000Z';

/** Details as they stand in a state; the conformance suite renders and parses every one. */
export function sample(state: WindowState): Details {
  const [bob, cat, erin] = [PrincipalId.parse('bob'), PrincipalId.parse('cat'), PrincipalId.parse('erin')];
  const asked: Details = {
    system: 'orders-db',
    terms: {
      people: [erin, PrincipalId.parse('grace')],
      scopes: [{ scope: 'read-orders', privileges: ['SELECT ON TABLE shop.orders', 'USAGE ON SCHEMA shop'] }],
      uses: 3,
      longestMinutes: 60,
      startsAt: AT,
      endsAt: '2026-01-07T18:00:00.000Z',
    },
    reason: 'The migration weekend: orders are looked at every few hours',
    ticket: 'OPS-12',
    reasonDigest: 'b'.repeat(64),
    seal: 'a'.repeat(64),
    approvalsNeeded: 1,
    approvers: [bob, cat],
    stages: [{ needed: 1, approvers: [bob, cat] }],
    pendingUntil: '2026-01-05T18:00:00.000Z',
    outageMilliseconds: 0,
    decided: null,
    closed: null,
    used: [],
  };
  const open = { ...asked, decided: { by: bob, at: AT, reason: null } };
  const use = { request: newRequestId(), by: erin, at: AT };
  switch (state) {
    case 'pending':
      return asked;
    case 'open':
      return { ...open, used: [use] };
    case 'used_up':
    case 'expired':
      return { ...open, used: [use, use, use] };
    case 'closed':
      return { ...open, used: [use], closed: { by: bob, at: AT, why: 'Stopped: the account was frozen.' } };
    case 'denied':
      return { ...asked, decided: { by: bob, at: AT, reason: 'Ask when you need it.' } };
    case 'timed_out':
      return { ...asked, decided: { by: null, at: AT, reason: null } };
  }
}
