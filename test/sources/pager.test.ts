import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { itIsOver, tellAnew } from '../../src/capabilities/alarms.js';
import { newRequestId } from '../../src/core/ids.js';
import { openPager } from '../../src/edges/queue/pager.js';
import type { Effect } from '../../src/store/index.js';
import { type Pager, startPager } from '../harness/pager.js';

let standIn: Pager;

beforeAll(async () => {
  standIn = await startPager();
});
afterAll(() => standIn.close());
beforeEach(() => {
  standIn.incidents = [];
  standIn.forged = [];
  standIn.isAway = false;
});

const about = { requestId: newRequestId(), alert: 'break-glass.rotation_unproven' };
const alarm = (before: number) =>
  tellAnew({ kind: 'alert', ...about, text: `After ${before} others nothing is proved.` }, before);

async function send(...effects: Effect[]): Promise<void> {
  const pager = openPager(standIn);
  for (const effect of effects) {
    if (effect.kind === 'alert') await pager.trigger(effect);
    if (effect.kind === 'resolve') await pager.resolve(effect);
  }
}

const stages = () => standIn.incidents.map(({ status }) => status);

it('a send that is tried again after a crash wakes nobody twice', async () => {
  await send(...alarm(0), ...alarm(0));
  expect(stages()).toEqual(['triggered']);
});

it('each louder alarm pages anew in place of the one before, and the end of it leaves nothing open', async () => {
  await send(...alarm(0), ...alarm(1), ...alarm(2));
  expect(stages()).toEqual(['resolved', 'resolved', 'triggered']);
  await send(...itIsOver(about, 3));
  expect(stages()).toEqual(['resolved', 'resolved', 'resolved']);
});

it('two occasions of one alert on one request are two incidents', async () => {
  const shown = { kind: 'alert' as const, ...about, text: 'A credential is being shown.' };
  await send({ ...shown, occasion: 'one' }, { ...shown, occasion: 'other' });
  expect(stages()).toEqual(['triggered', 'triggered']);
});

it('a pager that is away, or takes another secret, took nothing', async () => {
  standIn.isAway = true;
  await expect(send(...alarm(0))).rejects.toThrow('503');
  standIn.isAway = false;
  const stranger = openPager({ ...standIn, secret: 'of somebody else' });
  await expect(stranger.trigger({ kind: 'alert', ...about, text: 'Nothing is proved.' })).rejects.toThrow(
    '401',
  );
  expect(standIn.incidents).toEqual([]);
});
