import pg from 'pg';
import { z } from 'zod';
import { decodeEntry } from '../../../src/core/entry.js';
import { RequestId } from '../../../src/core/tenant.js';
import type { TestHouse } from '../../../test/harness/house.js';
import { atDatabase, withClient } from '../../lib/connection.js';
import { engineers } from './organisation.js';

export const STEPS = {
  slackIn: 'click → read by the vote (Slack, proxy, Bolt)',
  vote: 'vote → its entry sequenced (decide, commit, sequence)',
  sign: '→ release sequenced (wake, decide again, sign, commit)',
  relay: '→ packet released with its proof (relay)',
  doer: '→ receipt signed (verify, lease, write, read back)',
  receipt: '→ receipt sequenced (verify, commit, sequence)',
  slackOut: '→ card says Access until (projection, Slack)',
} as const;
type Step = keyof typeof STEPS;

/** What lies between the vote as we got it and the receipt in the ledger: all that Slack has no part in. */
export const OWN_STEPS: readonly Step[] = ['vote', 'sign', 'relay', 'doer', 'receipt'];

export type Steps = Record<Step, number>;

/**
 * From a click on Approve to the card that shows the proved access, and where the time went; each access ended again. A
 * round that a busy machine's Slack loses is counted and left.
 */
export async function clickToReadBack(test: TestHouse, rounds: number) {
  const measured: Steps[] = [];
  let lost = 0;
  for (let round = 0; round < rounds; round += 1) {
    const person = engineers[round % engineers.length] ?? '';
    await measure(test, person, round).then(
      (steps) => measured.push(steps),
      (error: unknown) => {
        lost += 1;
        console.log(`  a round was lost: ${error instanceof Error ? error.message : String(error)}`);
      },
    );
  }
  return { measured, lost };
}

async function measure(test: TestHouse, person: string, round: number): Promise<Steps> {
  const card = await test.ask(person, `orders-db read-orders 15m INC-${round} orders stuck since 09:40`);
  const request = await newestRequest(test);
  const clickedAt = Date.now();
  const answered = test.slack.click(test.account('bob'), card, 'elevation.approve');
  const granted = await test.cardSaying(card, 'Access until');
  const seenAt = Date.now();
  await answered;
  const steps = await stepsOf(test, request, { clickedAt, seenAt });
  await test.slack.click(test.account(person), granted, 'elevation.end_now');
  await test.cardSaying(card, 'Proved gone at the target');
  return steps;
}

const newestRequest = ({ house }: TestHouse): Promise<RequestId> =>
  withClient(house.ours.url, async (client) => {
    const { rows } = await client.query('SELECT id FROM gate.request ORDER BY number DESC LIMIT 1');
    return z.object({ id: RequestId }).parse(rows[0]).id;
  });

const Stored = z.object({ cast_at: z.date(), released_at: z.date(), granted_at: z.date() });
const Payload = z.looseObject({ type: z.string(), request: z.string().nullable() });

/** Every instant as the process wrote it whose step it ends; all processes share this machine's clock. */
async function stepsOf(
  { house }: TestHouse,
  request: RequestId,
  { clickedAt, seenAt }: { clickedAt: number; seenAt: number },
): Promise<Steps> {
  return withClient(house.ours.url, async (client) => {
    const { rows } = await client.query(
      `SELECT cast_at, released_at, (details->'grant'->>'grantedAt')::timestamptz AS granted_at
       FROM gate.request r JOIN gate.vote v ON v.request_id = r.id
       JOIN gate.packet p ON p.request_id = r.id AND p.kind = 'grant' WHERE r.id = $1`,
      [request],
    );
    const stored = Stored.parse(rows[0]);
    const sequenced = await sequencedAt(client, request);
    const instants = [
      clickedAt,
      stored.cast_at.getTime(),
      sequenced('elevation.approved'),
      sequenced('elevation.released'),
      stored.released_at.getTime(),
      stored.granted_at.getTime(),
      sequenced('elevation.granted'),
      seenAt,
    ];
    const lasted = (step: number) => (instants[step + 1] ?? Number.NaN) - (instants[step] ?? Number.NaN);
    return {
      slackIn: lasted(0),
      vote: lasted(1),
      sign: lasted(2),
      relay: lasted(3),
      doer: lasted(4),
      receipt: lasted(5),
      slackOut: lasted(6),
    };
  });
}

async function sequencedAt(client: pg.Client, request: RequestId): Promise<(type: string) => number> {
  const { rows } = await client.query<{ entry: Buffer }>(
    'SELECT entry FROM ledger.ledger_entry ORDER BY seq',
  );
  const times = new Map<string, number>();
  for (const row of rows) {
    const { payload, timeMicros } = decodeEntry(row.entry);
    const event = Payload.parse(JSON.parse(Buffer.from(payload).toString()));
    if (event.request === request) times.set(event.type, Number(timeMicros) / 1_000);
  }
  return (type) => times.get(type) ?? Number.NaN;
}

/** The floor of the doer's step: an administrator types the same grant and looks whether it is there. */
export async function bareWrites({ house }: TestHouse, rounds: number): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const name = pg.escapeIdentifier(`bare_${round}`);
    const from = performance.now();
    await withClient(atDatabase(house.target.url, 'orders'), async (client) => {
      await client.query(
        `BEGIN; CREATE ROLE ${name} LOGIN; GRANT scope_orders_db_read_orders TO ${name}; COMMIT`,
      );
      await client.query(
        'SELECT FROM pg_roles JOIN pg_auth_members ON member = pg_roles.oid WHERE rolname = $1',
        [`bare_${round}`],
      );
    });
    times.push(performance.now() - from);
    await withClient(house.target.url, (client) => client.query(`DROP ROLE ${name}`));
  }
  return times;
}
