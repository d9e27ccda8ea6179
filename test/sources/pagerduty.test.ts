import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { PagerDutyOptions } from '../../src/connectors/pagerduty/api.js';
import { openPagerDuty } from '../../src/connectors/pagerduty/read.js';
import { manualClock } from '../../src/core/clock.js';
import { type OnCallLine, type PagerDutyStandIn, startPagerDuty } from '../harness/pagerduty.js';

let pagerDuty: PagerDutyStandIn;
const faults: unknown[] = [];

beforeAll(async () => {
  pagerDuty = await startPagerDuty();
});
afterAll(() => pagerDuty.close());
beforeEach(() => {
  pagerDuty.onCall = [];
  pagerDuty.overrides.clear();
  pagerDuty.fault = null;
  faults.length = 0;
});

const source = (over: Partial<PagerDutyOptions> = {}) =>
  openPagerDuty({
    url: pagerDuty.url,
    token: pagerDuty.token,
    clock: manualClock(new Date('2026-11-21T10:00:00Z')),
    onFault: (fault) => faults.push(fault),
    timeoutMilliseconds: 20_000,
    ...over,
  });

const line = (name: string, level: number, over: Partial<OnCallLine> = {}): OnCallLine => ({
  escalationPolicy: 'PORDERS',
  level,
  schedule: 'SORDERS',
  user: { id: `P${name.toUpperCase()}`, email: `${name}@hookpilot.example` },
  ...over,
});

it('Teleport #46908: the whole escalation policy is not on call because its first tier is', async () => {
  pagerDuty.onCall = [line('bob', 1), line('cat', 2), line('dan', 3)];
  expect(await source().onCall('PORDERS')).toEqual(['bob@hookpilot.example']);
});

it('who took the shift by an override does not count', async () => {
  pagerDuty.onCall = [line('bob', 1), line('mallory', 1)];
  pagerDuty.overrides.set('SORDERS', ['PMALLORY']);
  expect(await source().onCall('PORDERS')).toEqual(['bob@hookpilot.example']);
});

it('every page is read, other policies are left out, and who is named twice is one', async () => {
  pagerDuty.onCall = [
    line('bob', 1),
    line('bob', 1, { schedule: 'SOTHER' }),
    line('erin', 1, { escalationPolicy: 'POTHER' }),
    line('dan', 2),
    line('cat', 1, { schedule: 'SOTHER', user: { id: 'PCAT', email: 'Cat@HookPilot.example' } }),
  ];
  expect(await source().onCall('PORDERS')).toEqual(['bob@hookpilot.example', 'cat@hookpilot.example']);
});

it('nobody on call is an answer; a refusal, an error, silence and nonsense are none', async () => {
  expect(await source().onCall('PORDERS')).toEqual([]);
  expect(await source({ token: 'wrong' }).onCall('PORDERS')).toBeNull();
  pagerDuty.fault = 503;
  expect(await source().onCall('PORDERS')).toBeNull();
  pagerDuty.fault = 200;
  expect(await source().onCall('PORDERS')).toBeNull();
  pagerDuty.fault = 'hang';
  expect(await source({ timeoutMilliseconds: 500 }).onCall('PORDERS')).toBeNull();
  expect(await source({ url: 'http://127.0.0.1:9' }).onCall('PORDERS')).toBeNull();
  expect(faults).toHaveLength(5);
  expect(JSON.stringify(faults.map(String))).not.toContain(pagerDuty.token);
});
