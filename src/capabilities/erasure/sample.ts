import { PrincipalId } from '../../core/tenant.js';
import type { ErasureState } from './machine.js';
import type { Details } from './schemas.js';

const AT = '2026-01-05T11:00:00.000Z';

/** Details as they stand in a state; the conformance suite renders and parses every one. */
export function sample(state: ErasureState): Details {
  const decided = {
    by: PrincipalId.parse('eve'),
    at: AT,
    reason: state === 'denied' ? 'An audit needs it' : null,
  };
  return {
    reason: state === 'erased' ? 'erased' : 'Left in May and asks for it',
    seal: 'a'.repeat(64),
    approvalsNeeded: 1,
    approvers: [PrincipalId.parse('eve')],
    pendingUntil: '2026-01-12T10:00:00.000Z',
    decided: state === 'pending' ? null : decided,
    waitsFor:
      state === 'approved'
        ? [
            { number: 5, what: 'review' },
            { number: null, what: 'legal hold' },
          ]
        : [],
    erased: state === 'erased' ? { at: AT, requests: 3 } : null,
  };
}
