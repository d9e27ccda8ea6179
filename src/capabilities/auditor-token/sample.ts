import { PrincipalId } from '../../core/tenant.js';
import type { TokenState } from './machine.js';
import type { Details } from './schemas.js';

const AT = '2026-01-05T10:00:00.000Z';
const TOMORROW = '2026-01-06T10:00:00.000Z';
const EXPIRES = '2026-02-04T11:00:00.000Z';

/** Details as they stand in a state; the conformance suite renders and parses every one. */
export function sample(state: TokenState): Details {
  const dan = PrincipalId.parse('dan');
  const asked: Details = {
    days: 30,
    purpose: 'Quarterly review of who had access to the orders',
    seal: 'a'.repeat(64),
    approvers: [dan],
    pendingUntil: '2026-01-05T18:00:00.000Z',
    outageMilliseconds: 0,
    decided: null,
    fetchUntil: null,
    token: null,
    revoked: null,
  };
  const approved = { ...asked, decided: { by: dan, at: AT, reason: null }, fetchUntil: TOMORROW };
  const issued = {
    ...approved,
    token: { digest: 'b'.repeat(64), shownAt: '2026-01-05T11:00:00.000Z', expiresAt: EXPIRES },
  };
  switch (state) {
    case 'pending':
      return asked;
    case 'approved':
    case 'lapsed':
      return approved;
    case 'issued':
    case 'expired':
      return issued;
    case 'revoked':
      return { ...issued, revoked: { by: dan, at: TOMORROW } };
    case 'denied':
      return { ...asked, decided: { by: dan, at: AT, reason: 'Read the public checkpoints instead.' } };
    case 'timed_out':
      return { ...asked, decided: { by: null, at: AT, reason: null } };
  }
}
