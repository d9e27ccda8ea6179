import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { forgetHouse } from '../../scripts/demo/house.js';
import { TRY } from '../../scripts/demo/ready.js';
import { EXAMPLE_POLICIES } from '../../scripts/demo/settings.js';
import { requestableScopes } from '../../src/capabilities/elevation/offer.js';
import { connectorKinds } from '../../src/connectors/kinds.js';
import { systemClock } from '../../src/core/clock.js';
import { PrincipalId } from '../../src/core/tenant.js';
import { loadPolicy, readPolicyFiles } from '../../src/policy/index.js';
import { textOf } from '../harness/house.js';
import { connectSlackClient, freePort, type SlackClient, waitUntil } from '../harness/slack/index.js';
import type { Message } from '../harness/slack/shapes.js';

const ROOT = resolve(import.meta.dirname, '..', '..');
const dataDir = mkdtempSync(join(tmpdir(), 'countersign-demo-'));
chmodSync(dataDir, 0o711); // its clusters lie in it where their account may enter
const clockFile = join(dataDir, 'clock');
const START = 180_000;
const running: ChildProcess[] = [];

afterAll(async () => {
  for (const child of running) await stop(child);
  await forgetHouse(dataDir);
}, 60_000);

const SlackId = z.object({ slackId: z.string().startsWith('U'), roles: z.array(z.string()) });
const Pid = z.int().positive();

const Access = z.object({ requester: z.string(), system: z.string(), scope: z.string() });
const ByOne = Access.extend({ approver: z.string() });
const ByTwo = Access.extend({ approvers: z.array(z.string()).length(2) });

/** What a script is promised: the fields and their kinds. */
const Ready = z.object({
  ready: z.literal(true),
  slack: z.url(),
  slackApi: z.string().endsWith('/api/'),
  http: z.url(),
  tenant: z.string(),
  ledger: z.url(),
  commands: z.array(z.string().startsWith('/')),
  people: z.record(z.string(), SlackId),
  channels: z.record(z.string(), z.string().startsWith('C')),
  database: z.object({ url: z.url() }),
  target: z.object({ host: z.string(), port: z.int(), database: z.string(), adminUrl: z.url() }),
  try: ByOne.extend({
    allowedSql: z.string(),
    deniedSql: z.string(),
    destructive: ByTwo,
    more: z.array(ByOne).length(2),
    customerData: ByTwo.extend({ neverFor: z.string() }),
    deployment: ByOne.extend({ author: z.string(), change: z.string() }),
    breakGlass: z.object({ user: z.string(), system: z.string(), incident: z.string() }),
  }),
  pager: z.url(),
  tickets: z.url(),
  tokens: z.object({ auditor: z.string() }),
  pids: z.object({ app: Pid, worker: Pid, sequencer: Pid, doer: Pid }),
});
type Ready = z.infer<typeof Ready>;

function demo(...options: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/demo.ts', ...options], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  return child;
}

async function startDemo(): Promise<{ child: ChildProcess; ready: Ready }> {
  const ports = ['--slack-port', String(await freePort()), '--http-port', String(await freePort())];
  const child = demo('--headless', '--data-dir', dataDir, '--clock-file', clockFile, ...ports);
  let [said, complained] = ['', ''];
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    complained += part;
  });
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    said += part;
  });
  await waitUntil('the ready line', async () => said.includes('\n') || child.exitCode !== null, START);
  if (!said.includes('\n'))
    throw new Error(`The demo ended before it was ready: ${complained.slice(-2_000)}`);
  return { child, ready: Ready.parse(JSON.parse(said)) };
}

/** As Ctrl-C does; gives the exit code. */
async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) {
    const gone = once(child, 'exit');
    child.kill('SIGINT');
    await gone;
  }
  return child.exitCode;
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it('the demo says in one line what a script needs, ends with all its processes, and goes on where it was', {
  timeout: 2 * START,
}, async () => {
  writeFileSync(clockFile, '0');
  const { child, ready } = await startDemo();
  const { requester, system, scope } = ready.try;
  const asks = ready.people[requester]?.slackId ?? '';
  const requests = ready.channels['requests'] ?? '';
  const slack = await connectSlackClient(ready.slack);
  // What is typed first after a cold start may be answered after its trigger lapsed.
  await waitUntil(
    'the form',
    async () => {
      await slack.command(asks, requests, `/elevate ${system} ${scope} 15m INC-1 kept over a restart`);
      return slack.waitForModal(asks, 'elevation.ask', 5_000).catch(() => null);
    },
    START,
  );
  await slack.submit(asks);
  const isCard = (one: object): boolean => JSON.stringify(one).includes('kept over a restart');
  await slack.waitForMessage(requests, isCard, START);
  expect((await fetch(`${ready.ledger}/checkpoint`)).status).toBe(200);
  expect(await (await fetch(ready.pager)).json()).toEqual({ incidents: [] });
  expect(await (await fetch(ready.tickets)).json()).toMatchObject({ 'INC-1': 'indeterminate' });

  expect(await stop(child)).toBe(0);
  for (const pid of Object.values(ready.pids)) expect(isAlive(pid)).toBe(false);

  const again = await startDemo();
  expect(again.ready.tokens).toEqual(ready.tokens);
  expect(again.ready.tenant).toBe(ready.tenant);
  const anew = await connectSlackClient(again.ready.slack);
  const approver = again.ready.people[again.ready.try.approver]?.slackId ?? '';
  const card = await anew.waitForMessage(requests, isCard, START);
  await anew.click(approver, card, 'elevation.approve');
  await anew.waitForMessage(
    requests,
    (one) => one.ts === card.ts && textOf(one).includes('Access until'),
    START,
  );
  for (const other of again.ready.try.more) await grantedThrough(anew, again.ready, other);
  expect(await stop(again.child)).toBe(0);
});

/** Asked in Slack, approved in Slack, and in force. */
async function grantedThrough(slack: SlackClient, ready: Ready, asked: z.infer<typeof ByOne>): Promise<void> {
  const accountOf = (person: string) => ready.people[person]?.slackId ?? '';
  const requests = ready.channels['requests'] ?? '';
  const { requester, system, scope } = asked;
  await slack.command(accountOf(requester), requests, `/elevate ${system} ${scope} 15m a try of ${scope}`);
  await slack.waitForModal(accountOf(requester), 'elevation.ask', START);
  await slack.submit(accountOf(requester));
  const card = await slack.waitForMessage(
    requests,
    (one) => textOf(one).includes(`a try of ${scope}`),
    START,
  );
  await slack.click(accountOf(asked.approver), card, 'elevation.approve');
  const isGranted = (one: Message) => one.ts === card.ts && textOf(one).includes('Access until');
  await slack.waitForMessage(requests, isGranted, START);
}

it.each(['--slack-port', '--http-port'])(
  'a taken %s is told in one sentence that says what to do',
  async (flag) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = z.object({ port: z.int() }).parse(taken.address());
    const other = flag === '--http-port' ? '--slack-port' : '--http-port';
    const child = demo(
      flag,
      String(port),
      other,
      String(await freePort()),
      '--data-dir',
      join(dataDir, 'unused'),
    );
    if (child.stderr === null) throw new Error('no stderr');
    const said = await text(child.stderr);
    taken.close();
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(1);
    expect(said).toBe(`Port ${port} is taken: end what listens there, or choose another with ${flag}.\n`);
  },
  START,
);

it('what the demo cannot read is told with its usage', { timeout: START }, async () => {
  const child = demo('--http-port', '0');
  if (child.stderr === null) throw new Error('no stderr');
  expect(await text(child.stderr)).toMatch(/^--http-port: [\s\S]*npm run demo -- \[options\]/);
});

it('whatever the ready line says to try is in the example organisation: three kinds of system, for people who may', async () => {
  const policy = await loadPolicy(readPolicyFiles(EXAMPLE_POLICIES, connectorKinds));
  const offered = (person: string) =>
    requestableScopes({ policy, clock: systemClock }, PrincipalId.parse(person)).map(({ target }) => target);
  const tried = Ready.shape.try.parse(TRY);
  const { destructive, more, customerData, deployment } = tried;
  const kindOf = (system: string) => policy.organisation.systems.find(({ id }) => id === system)?.kind;
  expect([tried, ...more].map(({ system }) => kindOf(system))).toEqual(['postgres', 'okta', 'github']);
  for (const { requester, system, scope } of [tried, destructive, ...more, customerData, deployment])
    expect(offered(requester)).toContain(`${system}/${scope}`);
  expect(offered(customerData.neverFor)).not.toContain(`${customerData.system}/${customerData.scope}`);
});
