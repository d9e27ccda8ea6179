import type { Organisation } from '../../src/policy/index.js';
import { type PagerDutyStandIn, startPagerDuty } from '../../test/harness/pagerduty.js';

export const BURNING = { id: 'PINC7', title: 'Orders stuck: queue not draining', service: 'PSHOPDB' };

/** A PagerDuty that knows the organisation's people, and an active SEV-1 that the monitoring opened. */
export async function startBurningPagerDuty(organisation: Organisation): Promise<PagerDutyStandIn> {
  const standIn = await startPagerDuty();
  standIn.users = organisation.people.map((person) => ({
    id: `U${person.id.toUpperCase()}`,
    email: person.identities.email,
  }));
  standIn.incidents = [
    { ...BURNING, status: 'triggered', priority: 'SEV-1', openedBy: 'PMONITOR', acknowledgedBy: [] },
  ];
  return standIn;
}
