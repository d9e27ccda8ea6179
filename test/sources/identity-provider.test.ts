import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type IdentityProviderProbe,
  probeIdentityProvider,
} from '../../src/connectors/identity-provider/read.js';
import { manualClock } from '../../src/core/clock.js';
import { type IdentityProviderStandIn, startIdentityProvider } from '../harness/identity-provider.js';
import { waitUntil } from '../harness/slack/index.js';

const START = new Date('2026-11-21T10:00:00Z');

let idp: IdentityProviderStandIn;
let probe: IdentityProviderProbe;
let changes: boolean[];
let clock: ReturnType<typeof manualClock>;

beforeEach(async () => {
  idp = await startIdentityProvider();
  changes = [];
  clock = manualClock(START);
});
afterEach(async () => {
  probe.stop();
  await idp.close().catch(() => {});
});

function look(failures = 3): void {
  const onChange = (isDown: boolean) => void changes.push(isDown);
  probe = probeIdentityProvider({ url: idp.url, clock, everyMilliseconds: 5, failures, onChange });
}

/** Its answer to that many looks more is known. */
async function looksPass(count: number): Promise<void> {
  const enough = idp.looks + count + 1;
  await waitUntil('more looks', () => idp.looks >= enough);
}

const outage = () => waitUntil('an outage', () => probe.downSince());

// A redirect leads to its sign-in page, and a refusal is said by somebody who is there.
it.each([200, 302, 401, 404, 405, 429])('what answers %i is there', async (answer) => {
  idp.answer = () => answer;
  look();
  await looksPass(5);
  expect(probe.downSince()).toBeNull();
  expect(changes).toEqual([]);
});

it.each([500, 502, 503])(
  'what answers %i three times in a row is away since the first of them',
  async (answer) => {
    idp.answer = () => answer;
    look();
    expect(await outage()).toEqual(START);
    clock.advance(60_000);
    await looksPass(3);
    expect(probe.downSince()).toEqual(START);
    expect(changes).toEqual([true]);
  },
);

it('what refuses connections is away, and back with its first answer; the next outage has its own beginning', async () => {
  look();
  await looksPass(1);
  await idp.close();
  await outage();
  await idp.listen();
  await waitUntil('its return', () => probe.downSince() === null);
  clock.advance(60_000);
  await looksPass(1);
  await idp.close();
  expect(await outage()).toEqual(new Date(START.getTime() + 60_000));
  expect(changes).toEqual([true, false, true]);
});

it('what takes a connection and never answers is away', { timeout: 20_000 }, async () => {
  idp.answer = () => null;
  look(1);
  expect(await outage()).toEqual(START);
});

it('two failed looks in a row, however often, are lost packets and no outage', async () => {
  idp.answer = (look) => (look % 3 === 0 ? 200 : 503);
  look();
  await looksPass(12);
  expect(changes).toEqual([]);
});
