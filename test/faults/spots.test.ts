import { afterAll, beforeAll, beforeEach, describe, test } from 'vitest';
import type { ProcessName } from '../../scripts/demo/processes.js';
import { eventOf, logIn, termsOf } from '../flows/evidence.js';
import { PATIENCE, REQUESTS, textOf } from '../harness/house.js';
import { waitUntil } from '../harness/slack/index.js';
import type { Message } from '../harness/slack/shapes.js';
import { type FaultyHouse, startFaultyHouse } from './faulty-house.js';
import { allHold } from './invariants.js';

const APPROVE = 'elevation.approve';
const SHOW = 'elevation.show_credential';
const END = 'elevation.end_now';

type Act = 'submit' | 'approve' | 'show' | 'end';

interface Fault {
  process: ProcessName;
  spot: string;
  /** What a person does when it strikes. */
  during: Act;
}

/** One person's requests within an hour: from the twentieth on the rules would want two approvals. */
const FAULTS: Fault[] = [
  { process: 'app', spot: 'app.committed', during: 'submit' },
  { process: 'app', spot: 'app.clicked', during: 'approve' },
  { process: 'app', spot: 'app.committed', during: 'approve' },
  { process: 'app', spot: 'app.committed', during: 'end' },
  { process: 'sequencer', spot: 'sequencer.drained', during: 'submit' },
  { process: 'sequencer', spot: 'sequencer.ready', during: 'approve' },
  { process: 'sequencer', spot: 'sequencer.appended', during: 'approve' },
  { process: 'worker', spot: 'worker.posted', during: 'submit' },
  { process: 'worker', spot: 'worker.updated', during: 'approve' },
  { process: 'worker', spot: 'worker.stepped', during: 'approve' },
  { process: 'worker', spot: 'worker.claimed', during: 'approve' },
  { process: 'worker', spot: 'worker.released', during: 'approve' },
  { process: 'worker', spot: 'worker.receipt', during: 'approve' },
  { process: 'worker', spot: 'worker.settled', during: 'approve' },
  { process: 'worker', spot: 'worker.stepped', during: 'end' },
  { process: 'doer', spot: 'doer.created', during: 'approve' },
  { process: 'doer', spot: 'doer.receipt', during: 'approve' },
  { process: 'doer', spot: 'doer.created', during: 'show' },
  { process: 'doer', spot: 'doer.end.dropped', during: 'end' },
];

let house: FaultyHouse;

beforeAll(async () => {
  house = await startFaultyHouse();
});
afterAll(() => house.stop(), 60_000);
/** A case that failed may have left its modal open. */
beforeEach(async () => {
  house.slack.cancel(house.account('alice'));
  await house.slack.waitForNoModal(house.account('alice'));
});

describe('rules 8, 14: killed between two lines, started again, and nothing is lost or done twice', () => {
  test.each(FAULTS)('$process at $spot during $during', { timeout: 180_000 }, async (fault) => {
    const id = await elevate(fault);
    const isPostedTwice = fault.spot === 'worker.posted';
    await allHold(house, [id], { cards: isPostedTwice ? 2 : 1 });
  });
});

/** One elevation from the asking to its end, by people who press again when Slack tells them to. */
async function elevate(fault: Fault) {
  const { slack } = house;
  const [alice, bob] = [house.account('alice'), house.account('bob')];
  const reason = `INC-${fault.spot}-${fault.during} orders stuck`;
  const isStruck = (act: Act): boolean => fault.during === act;

  await slack.command(alice, REQUESTS, `/elevate orders-db read-orders 30m ${reason}`);
  await slack.waitForModal(alice, 'elevation.ask');
  await act(fault, 'submit', () => slack.submit(alice));
  if (isStruck('submit') && fault.process === 'app') slack.cancel(alice);
  await slack.waitForNoModal(alice);
  const isNew = (message: Message): boolean =>
    textOf(message).includes(reason) && textOf(message).includes(APPROVE);
  const card = await waitUntil(
    'the card',
    async () => (await slack.messages(REQUESTS)).find(isNew),
    PATIENCE,
  );
  const { id } = termsOf(card);

  await act(fault, 'approve', () => slack.click(bob, card, APPROVE));
  if (isStruck('approve') && fault.process === 'app') await slack.click(bob, card, APPROVE);
  const granted = await house.cardSaying(card, 'Access until');

  await act(fault, 'show', () => slack.click(alice, granted, SHOW));
  const session = await logIn(await shownTo(alice, granted));
  await session.run('SELECT count(*) FROM shop.orders');

  await act(fault, 'end', () => slack.click(alice, granted, END));
  if (isStruck('end') && fault.process === 'app') await slack.click(alice, granted, END);
  await session.died();
  await house.cardSaying(card, 'Access Ended');
  return id;
}

/** The address in the modal; where the executor took too long, in the next one, once it has answered the first. */
async function shownTo(account: string, granted: Message): Promise<string> {
  const modals = (): string => JSON.stringify(house.slack.modals(account));
  const address = (): string | undefined => /postgresql:\/\/[^"\s]+/.exec(modals())?.[0];
  await waitUntil(
    'the modal is filled',
    () => address() !== undefined || modals().includes('has not answered yet'),
    PATIENCE,
  );
  const first = address();
  house.slack.cancel(account);
  await house.slack.waitForNoModal(account);
  if (first !== undefined) return first;
  await eventOf(house, { request: termsOf(granted).id, type: 'elevation.credential_shown' });
  return house.credential('alice', granted);
}

/** Does it, with the fault armed if it is to strike now; then waits for the successor. */
async function act(fault: Fault, name: Act, doIt: () => Promise<void>): Promise<void> {
  if (fault.during !== name) return doIt();
  const { died } = house.arm(fault.process, fault.spot);
  await doIt();
  await died();
  if (fault.process === 'worker') house.passMinute();
}
