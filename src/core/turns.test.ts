import { expect, it } from 'vitest';
import { turns } from './turns.js';

it('acts of one name come one after the other, in the order asked for, and a failed one holds up none', async () => {
  const inTurn = turns();
  const log: string[] = [];
  const act = (what: string) => async () => {
    log.push(`${what} begins`);
    await Promise.resolve();
    log.push(`${what} ends`);
    if (what === 'first') throw new Error(what);
    return what;
  };
  const told = await Promise.allSettled(['first', 'second'].map((what) => inTurn('account', act(what))));
  expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  expect(told).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: 'second' }]);
});

it('acts of different names wait for each other not at all', async () => {
  const inTurn = turns();
  let release = (): void => undefined;
  const held = inTurn(
    'one',
    () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
  );
  expect(await inTurn('other', async () => 'done')).toBe('done');
  release();
  await held;
});
