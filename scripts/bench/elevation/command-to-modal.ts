import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { REQUESTS, type TestHouse } from '../../../test/harness/house.js';
import { waitUntil } from '../../../test/harness/slack/index.js';
import type { View } from '../../../test/harness/slack/shapes.js';

const BARE = resolve(import.meta.dirname, '..', 'bare-bolt.ts');
const COMMAND = '/elevate orders-db read-orders 15m INC-1 orders stuck since 09:40';
const WARM_UP = 3;
/** Slack's trigger is good for 3 s: what has not come by now never will. */
const LOST_MILLISECONDS = 6_000;

/**
 * From the command sent to the modal on the person's screen: ours, then a bare Bolt app that opens the same modal, with
 * no choice made in it, in our app's place, then ours again, so that a machine that gets busier strikes both. Gives the
 * app that runs from then on too.
 */
export async function commandToModal(test: TestHouse, rounds: number) {
  const { house } = test;
  const half = Math.ceil(rounds / 2);
  const before = await timeModals(test, half);
  await house.processes.app.stop();
  await connectedToSlack(test, false);
  const bareApp = startBare(test, before.view);
  await connectedToSlack(test, true);
  const bare = await timeModals(test, rounds);
  bareApp.stdin?.end();
  await once(bareApp, 'exit');
  await connectedToSlack(test, false);
  const app = house.addProcess('app');
  await connectedToSlack(test, true);
  const after = await timeModals(test, rounds - half);
  return {
    ours: { times: [...before.times, ...after.times], lost: before.lost + after.lost },
    bare: { times: bare.times, lost: bare.lost },
    app,
  };
}

async function timeModals(test: TestHouse, rounds: number): Promise<Timed> {
  for (let round = 0; round < WARM_UP; round += 1) await timeModal(test);
  const times: number[] = [];
  let lost = 0;
  for (;;) {
    const timed = await timeModal(test);
    if (timed === null) lost += 1;
    else times.push(timed.took);
    if (timed !== null && times.length >= rounds) return { times, lost, view: timed.view };
    if (lost > rounds)
      throw new Error('More modals were lost than came: the machine is too busy to say anything.');
  }
}

interface Timed {
  times: number[];
  /** Commands whose modal did not come in time: on a busy machine the trigger runs out. */
  lost: number;
  view: View;
}

async function timeModal({ slack, account }: TestHouse): Promise<{ took: number; view: View } | null> {
  const alice = account('alice');
  const from = performance.now();
  const answered = slack.command(alice, REQUESTS, COMMAND);
  let view: View | undefined;
  while (view === undefined && performance.now() - from < LOST_MILLISECONDS) {
    await delay(1);
    [view] = slack.modals(alice);
  }
  const took = performance.now() - from;
  await answered;
  if (view === undefined) return null;
  slack.cancel(alice);
  await slack.waitForNoModal(alice);
  return { took, view };
}

const connectedToSlack = ({ house }: TestHouse, wanted: boolean): Promise<boolean> =>
  waitUntil(
    wanted ? 'the app is connected' : 'the app is gone',
    () => house.workspace.proxy.connections() > 0 === wanted,
    60_000,
  );

function startBare({ house }: TestHouse, shown: View): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', BARE], { stdio: ['pipe', 'ignore', 'inherit'] });
  const { botToken, appToken } = house.secrets.slack;
  const view = {
    type: 'modal',
    callback_id: shown.callback_id,
    title: shown['title'],
    submit: shown['submit'],
    blocks: shown.blocks,
    private_metadata: shown['private_metadata'],
  };
  const settings = { botToken, appToken, slackApiUrl: house.workspace.proxy.apiUrl, view };
  // Slack keeps a choice in another form than it takes.
  const line = JSON.stringify(settings, (key, value: unknown) =>
    key === 'initial_option' ? undefined : value,
  );
  child.stdin?.write(`${line}\n`);
  return child;
}
