import { PrincipalId } from '../../core/tenant.js';
import type { AbsenceState } from './machine.js';
import type { Details } from './schemas.js';

/** Details as they stand in a state; the conformance suite renders and parses every one. */
export const sample = (state: AbsenceState): Details => ({
  until: '2026-01-08T10:00:00.000Z',
  delegate: PrincipalId.parse('cat'),
  note: 'Deploys wait for Monday; call me if orders are lost.',
  seal: 'a'.repeat(64),
  endedAt: state === 'over' ? '2026-01-07T08:00:00.000Z' : null,
});
