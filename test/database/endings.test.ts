import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { approve } from '../../src/capabilities/elevation/approve.js';
import { end } from '../../src/capabilities/elevation/end.js';
import { elevation } from '../../src/capabilities/elevation/index.js';
import { requestElevation } from '../../src/capabilities/elevation/request.js';
import type { VerbContext } from '../../src/capabilities/index.js';
import { CountersignError } from '../../src/core/errors.js';
import type { RequestId } from '../../src/core/tenant.js';
import { withClient } from '../harness/postgres-admin.js';
import { type Gatekeeper, openGatekeeper, person, readElevation, receives } from './gatekeeper.js';

let gate: Gatekeeper;

beforeAll(async () => {
  gate = await openGatekeeper();
});
afterAll(() => gate.close());

const MINUTE = 60_000;

async function approved(): Promise<RequestId> {
  const asked = await requestElevation(gate.context, {
    by: person('alice'),
    input: randomUUID(),
    asked: {
      system: 'orders-db',
      scope: 'read-orders',
      durationMinutes: 15,
      reason: `${randomUUID()} orders are stuck`,
    },
  });
  if (!asked.ok) throw new Error(asked.message);
  const { id } = asked.value;
  const { seal } = (await readElevation(gate.context, id)).details;
  await approve(gate.context, id, { by: person('bob'), seal, input: randomUUID() });
  return id;
}

/** What the timer does, whatever it is due to do. */
const lapse = async (id: RequestId, context: VerbContext = gate.context) =>
  elevation.onDue(context, await readElevation(gate.context, id));

const slackAway = (): VerbContext => ({
  ...gate.context,
  directory: {
    standing: async () => {
      throw new CountersignError('directory_unreachable', 'Slack did not answer.');
    },
  },
});

it('rule 2: with Slack away nothing begins, and what nobody carried out is given up in time all the same', async () => {
  const [waiting, released] = [await approved(), await approved()];
  await lapse(released);
  for (const id of [waiting, released])
    await expect(lapse(id, slackAway())).rejects.toMatchObject({ code: 'directory_unreachable' });

  gate.clock.advance(31 * MINUTE);
  for (const id of [waiting, released]) await lapse(id, slackAway());
  expect(await readElevation(gate.context, waiting)).toMatchObject({ state: 'denied', dueAt: null });
  expect(await readElevation(gate.context, released)).toMatchObject({ state: 'ending' });
});

it('rule 11: an end that no executor answers is told to people once, and tried on', async () => {
  const id = await approved();
  await lapse(id);
  await end(gate.context, id, { by: person('alice'), input: randomUUID() });
  for (let tries = 0; tries < 6; tries += 1) await lapse(id);

  const request = await readElevation(gate.context, id);
  expect(request).toMatchObject({ state: 'ending', details: { end: { attempts: 6 } } });
  expect(request.dueAt).not.toBeNull();
  expect(await alertsAbout(id)).toEqual(onceEach('elevation.end_unanswered'));
});

it.each([
  ['had begun: its end is sent and waited for', { begun: true }, 'ending'],
  ['had not begun: nothing is there to end', {}, 'failed'],
] as const)('rule 11: a grant the executor refused that %s', async (_, evidence, state) => {
  const id = await approved();
  await lapse(id);
  const packetId = (await readElevation(gate.context, id)).details.grant?.packetId;
  await receives(gate, id, {
    system: 'orders-db',
    kind: 'grant',
    outcome: 'rejected',
    code: 'limit_system',
    evidence,
    ...(packetId === undefined ? {} : { packetId }),
  });
  expect(await readElevation(gate.context, id)).toMatchObject({ state });
  expect(await alertsAbout(id)).toEqual(onceEach('elevation.failed'));
  if (state === 'failed') return;

  await lapse(id);
  const { end: asked } = (await readElevation(gate.context, id)).details;
  expect(asked).toMatchObject({ reason: 'never_started', attempts: 1 });
  await receives(gate, id, { system: 'orders-db', kind: 'end', outcome: 'ended', code: 'done' });
  expect(await readElevation(gate.context, id)).toMatchObject({ state: 'ended', dueAt: null });
});

const Rows = z.array(z.object({ alert: z.string(), sink: z.string() }));

/** Each sink is handed an alert by itself, so that one that is away holds up no other. */
const onceEach = (alert: string) => ['slack', 'webhook'].map((sink) => ({ alert, sink }));

const alertsAbout = (id: RequestId) =>
  withClient(gate.database.urls.admin, async (admin) => {
    const { rows } = await admin.query(
      `SELECT payload->>'alert' AS alert, payload->>'sink' AS sink FROM gate.outbox
       WHERE kind = 'alert' AND request_id = $1 ORDER BY sink`,
      [id],
    );
    return Rows.parse(rows);
  });
