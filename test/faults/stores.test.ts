import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../scripts/lib/embedded-postgres.js';
import { logIn, ours, type Session, termsOf } from '../flows/evidence.js';
import { PATIENCE, REQUESTS, startTestHouse, type TestHouse, textOf } from '../harness/house.js';
import type { Message } from '../harness/slack/shapes.js';
import { allHold } from './invariants.js';

const HOUR = 3_600_000;
/** What a message waits at most for one who can no longer say that it has it in hand. */
const CLAIM = 61_000;

let house: TestHouse;

beforeAll(async () => {
  house = await startTestHouse();
});
afterAll(() => house.stop(), 60_000);

const pids = () => Object.values(house.house.processes).map((process) => process.pid);

async function ask(minutes: number): Promise<{ card: Message; approve: () => Promise<void> }> {
  const card = await house.ask('alice', `orders-db read-orders ${minutes}m INC-7 orders stuck since 09:40`);
  return { card, approve: () => house.slack.click(house.account('bob'), card, 'elevation.approve') };
}

async function useIt(card: Message): Promise<Session> {
  const granted = await house.cardSaying(card, 'Access until');
  const session = await logIn(await house.credential('alice', granted));
  await session.run('SELECT count(*) FROM shop.orders');
  return session;
}

/** `kill -9` of the server, as a machine does; what it had promised to keep is recovered at the next start. */
async function restart(cluster: Cluster, password: string): Promise<Cluster> {
  await cluster.kill();
  return startCluster({ dataDir: cluster.dataDir, port: cluster.port, password });
}

async function forgetJobs(): Promise<void> {
  const [row] = await ours(
    house,
    `SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') AS tables, count(*)::int AS count
     FROM pg_tables WHERE schemaname IN ('bull', 'bull_doer')`,
  );
  expect(row?.['count']).toBeGreaterThan(2);
  await ours(house, `TRUNCATE ${String(row?.['tables'])}`);
}

test('rule 14: with every queue table wiped, a grant still comes and still ends within seconds', {
  timeout: 120_000,
}, async () => {
  const { card, approve } = await ask(15);
  await forgetJobs();
  await approve();
  const session = await useIt(card);
  await forgetJobs();
  const { id } = termsOf(await house.cardSaying(card, 'Access until'));
  house.passTime(HOUR);
  const passed = performance.now();
  await session.died();
  expect(performance.now() - passed).toBeLessThan(15_000);
  await house.cardSaying(card, 'Access Ended');
  await allHold(house, [id]);
});

test('rule 2: with our PostgreSQL killed in the middle, every process goes on where it was, none restarted', {
  timeout: 180_000,
}, async () => {
  const before = pids();
  const { card, approve } = await ask(60);
  await approve();
  const { ours: database, secrets } = house.house;
  const again = await restart(database, secrets.ours);
  house.passTime(CLAIM);
  const session = await useIt(card);
  const granted = await house.cardSaying(card, 'Access until');
  await house.slack.click(house.account('alice'), granted, 'elevation.end_now');
  await restart(again, secrets.ours);
  await session.died();
  house.passTime(CLAIM);
  await house.cardSaying(card, 'Access Ended');
  await allHold(house, [termsOf(granted).id]);
  expect(pids()).toEqual(before);
});

test('rule 11: an end its target cannot hear of is alerted, tried again, and proved once the target is back', {
  timeout: 180_000,
}, async () => {
  const { card, approve } = await ask(15);
  await approve();
  const session = await useIt(card);
  const { id } = termsOf(await house.cardSaying(card, 'Access until'));
  const { target, secrets } = house.house;
  await target.kill();
  await session.died();
  house.passTime(HOUR);
  await house.cardSaying(card, 'Access End Not Proved');
  await house.slack.waitForMessage(
    REQUESTS,
    (message) => textOf(message).includes('is not proved. Countersign keeps trying.'),
    PATIENCE,
  );
  await startCluster({ dataDir: target.dataDir, port: target.port, password: secrets.target });
  await house.cardSaying(card, 'Proved gone', 60_000);
  await allHold(house, [id]);
});
