import { newRequestId } from '../../core/ids.js';
import { PrincipalId } from '../../core/tenant.js';
import type { FreezeState } from './machine.js';
import type { Details } from './schemas.js';

/** Details as they stand in a state; the conformance suite renders and parses every one. */
export function sample(state: FreezeState): Details {
  return {
    because: 'frozen',
    by: PrincipalId.parse('dan'),
    reason: 'The laptop was stolen this morning',
    seal: 'a'.repeat(64),
    security: [PrincipalId.parse('dan')],
    stopped: [3, 5],
    left: [{ number: 4, capability: 'break-glass' }],
    voided: 1,
    resting: [
      { id: newRequestId(), number: 6, capability: 'elevation', subject: PrincipalId.parse('alice') },
    ],
    sweeps: 1,
    liftedAt: state === 'lifted' ? '2026-01-05T11:00:00.000Z' : null,
  };
}
