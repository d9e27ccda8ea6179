import { expect } from 'vitest';
import { z } from 'zod';
import { CHANNELS } from '../../scripts/demo/workspace.js';
import { atTarget, events, everythingStored, logIn, ours } from '../flows/evidence.js';
import { type TestHouse, textOf } from '../harness/house.js';
import { ledgerVerifies, nothingWaits } from './invariants.js';

/** What must be true of an ended use of break-glass whatever died on the way. */

const Use = z.object({ id: z.string(), state: z.string(), account: z.string() });
const LOOP = ['used', 'alert_taken', 'released', 'checked_out', 'credential_asked', 'rotated'];

/** One use, with its alert, its review and its justification, each step's entry before the next one's. */
async function loopIsWhole(
  house: TestHouse,
  incident: string,
  now: { use: string; children: readonly string[] },
): Promise<z.infer<typeof Use>> {
  const uses = await ours(
    house,
    "SELECT id, state, details->>'account' AS account FROM gate.request WHERE details->>'incident' = $1",
    [incident],
  );
  const [use] = z.array(Use).length(1).parse(uses);
  if (use === undefined) throw new Error(`${incident} left no use`);
  const children = await ours(house, 'SELECT state FROM gate.request WHERE parent_id = $1 ORDER BY state', [
    use.id,
  ]);
  expect(use.state).toBe(now.use);
  expect(children).toEqual(now.children.map((state) => ({ state })));
  const told = await events(house, { request: use.id });
  const types = told.map(({ type }) => type.replace('break-glass.', ''));
  expect(types).toContain('alert_taken');
  // A worker that died with the alert in hand: 15 s passed, and the use went on as their own word.
  const isOwnWord = told.some(
    ({ type, data }) => type === 'break-glass.released' && data['selfDeclared'] === true,
  );
  const order = LOOP.filter((type) => type !== 'alert_taken' || !isOwnWord).map((type) =>
    types.indexOf(type),
  );
  expect(order).not.toContain(-1);
  expect(order).toEqual(order.toSorted((one, other) => one - other));
  for (const once of ['used', 'checked_out', 'rotated'])
    expect(types.filter((type) => type === once)).toHaveLength(1);
  return use;
}

/** Rule 11: nothing shown opens anything, nobody is in, and the next one may have the account. */
async function accountIsShut(house: TestHouse, account: string, shown: readonly string[]): Promise<void> {
  const open = await atTarget(
    house,
    `SELECT rolname FROM pg_roles WHERE rolname = $1 AND (rolcanlogin OR rolvaliduntil > now())
     UNION ALL SELECT usename FROM pg_stat_activity WHERE usename = $1`,
    [account],
  );
  expect(open).toEqual([]);
  for (const uri of shown) await expect(logIn(uri)).rejects.toThrow();
  expect(await ours(house, "SELECT FROM gate.handle WHERE handle LIKE 'break-glass:%'")).toEqual([]);
}

/** All of them, for a use that was shown as `shown` and is over. */
export const useIsOver = (house: TestHouse, incident: string, shown: readonly string[]) =>
  allHold(house, incident, shown, { use: 'rotated', children: ['justification_due', 'review_open'] });

/** The same once it is justified and reviewed too. */
export const loopIsClosed = (house: TestHouse, incident: string, shown: readonly string[]) =>
  allHold(house, incident, shown, { use: 'closed', children: ['justification_closed', 'review_closed'] });

async function allHold(
  house: TestHouse,
  incident: string,
  shown: readonly string[],
  now: Parameters<typeof loopIsWhole>[2],
): Promise<void> {
  await nothingWaits(house);
  const use = await loopIsWhole(house, incident, now);
  await accountIsShut(house, use.account, shown);
  await ledgerVerifies(house);
}

/** Rule 9: nothing stored, logged or said could log in. */
export async function nothingCouldLogIn(house: TestHouse, shown: readonly string[]): Promise<void> {
  const said = await Promise.all([
    ...Object.values(CHANNELS).map((channel) => house.slack.messages(channel)),
    ...house.house.files.organisation.people.map(({ id }) => house.slack.directMessages(house.account(id))),
  ]);
  const everything = [await everythingStored(house), ...said.flat().map(textOf)].join('\n');
  for (const uri of shown) expect(everything).not.toContain(decodeURIComponent(new URL(uri).password));
}
