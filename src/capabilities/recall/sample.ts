import { newRequestId } from '../../core/ids.js';
import { PrincipalId } from '../../core/tenant.js';
import type { RecallState } from './machine.js';
import type { Details } from './schemas.js';

const AT = '2026-01-05T10:00:00.000Z';

/** Details as they stand in a state; the conformance suite renders and parses every one. */
export function sample(state: RecallState): Details {
  const [alice, bob, dan] = ['alice', 'bob', 'dan'].map((id) => PrincipalId.parse(id));
  if (alice === undefined || bob === undefined || dan === undefined) throw new RangeError('nobody is there');
  const judged = { as: 'flagged' as const, by: dan, at: AT };
  const item = {
    capability: 'elevation',
    requester: alice,
    subject: alice,
    at: AT,
    fate: 'stopped' as const,
  };
  return {
    since: '2026-01-02T10:00:00.000Z',
    seal: 'a'.repeat(64),
    security: [dan],
    items: [
      { ...item, id: newRequestId(), number: 4, part: 'approved', judged },
      {
        ...item,
        id: newRequestId(),
        number: 6,
        part: 'asked',
        judged: state === 'reviewed' ? { ...judged, as: 'accepted' } : null,
      },
    ],
    reminders: 1,
    reviewedAt: state === 'reviewed' ? AT : null,
  };
}
