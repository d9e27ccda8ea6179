import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openIncidents } from '../../src/connectors/pagerduty/read.js';
import { manualClock } from '../../src/core/clock.js';
import { type IncidentLine, type PagerDutyStandIn, startPagerDuty } from '../harness/pagerduty.js';

let pagerDuty: PagerDutyStandIn;

beforeAll(async () => {
  pagerDuty = await startPagerDuty();
});
afterAll(() => pagerDuty.close());
beforeEach(() => {
  pagerDuty.incidents = [];
  pagerDuty.fault = null;
  pagerDuty.users = [
    { id: 'UALICE', email: 'Alice@HookPilot.example' },
    { id: 'UBOB', email: 'bob@hookpilot.example' },
  ];
});

const ask = (except = 'alice@hookpilot.example', timeoutMilliseconds = 20_000) =>
  openIncidents({
    url: pagerDuty.url,
    token: pagerDuty.token,
    clock: manualClock(new Date('2026-11-21T10:00:00Z')),
    timeoutMilliseconds,
  })({ services: ['PSHOPDB'], except });

const burning = (over: Partial<IncidentLine> = {}): IncidentLine => ({
  id: 'PINC7',
  title: 'Orders stuck',
  service: 'PSHOPDB',
  status: 'triggered',
  priority: 'P1',
  openedBy: 'PSHOPDB',
  acknowledgedBy: [],
  ...over,
});

const idsOf = async (except?: string) => (await ask(except))?.map(({ id }) => id);

it.each<[string, Partial<IncidentLine>, boolean]>([
  ['opened by monitoring', {}, true],
  ['opened by a colleague', { openedBy: 'UBOB' }, true],
  ['opened by the asker', { openedBy: 'UALICE' }, false],
  ['opened and acknowledged by the asker', { openedBy: 'UALICE', acknowledgedBy: ['UALICE'] }, false],
  [
    'opened by the asker, acknowledged by a colleague',
    { openedBy: 'UALICE', acknowledgedBy: ['UBOB'] },
    true,
  ],
  ['of another service', { service: 'POTHER' }, false],
  ['of a lower priority', { priority: 'P2' }, false],
  ['of no priority', { priority: null }, false],
  ['called SEV-1', { priority: 'SEV-1' }, true],
  ['called SEV-10', { priority: 'SEV-10' }, false],
  ['resolved', { status: 'resolved' }, false],
])('a SEV-1 %s is a ground: %#', async (_what, over, isGround) => {
  pagerDuty.incidents = [burning(over)];
  expect(await idsOf()).toEqual(isGround ? ['PINC7'] : []);
});

it('rule 15: of somebody whom PagerDuty does not know, no person vouches, since it could be they themselves', async () => {
  pagerDuty.users = [{ id: 'UALICE', email: 'alice.andersson@hookpilot.example' }];
  pagerDuty.incidents = [burning({ openedBy: 'UALICE', acknowledgedBy: ['UBOB'] })];
  expect(await idsOf()).toEqual([]);
  pagerDuty.incidents = [burning()];
  expect(await idsOf()).toEqual(['PINC7']);
});

it('a storm of small incidents does not hide the one that burns', async () => {
  pagerDuty.incidents = [
    ...Array.from({ length: 7 }, (_, index) => burning({ id: `PSMALL${index}`, priority: 'P4' })),
    burning(),
  ];
  expect(await idsOf()).toEqual(['PINC7']);
});

it('a title is kept as text that can be stored, however it was written', async () => {
  pagerDuty.incidents = [burning({ title: `Orders\u0000 stuck \ud83d\n${'🔥'.repeat(400)}` })];
  const [incident] = (await ask()) ?? [];
  expect(incident?.title).toMatch(/^Orders stuck 🔥+$/u);
  expect(incident?.title.length).toBeLessThanOrEqual(500);
});

it('a refusal, an error and silence are no answer', async () => {
  pagerDuty.fault = 503;
  expect(await ask()).toBeNull();
  pagerDuty.fault = 'hang';
  expect(await ask(undefined, 500)).toBeNull();
});
