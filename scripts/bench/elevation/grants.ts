import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { approve } from '../../../src/capabilities/elevation/approve.js';
import { requestElevation } from '../../../src/capabilities/elevation/request.js';
import { others, type VerbContext } from '../../../src/capabilities/index.js';
import { systemClock } from '../../../src/core/clock.js';
import { PrincipalId, type RequestId } from '../../../src/core/tenant.js';
import { slackDirectory } from '../../../src/edges/slack/directory.js';
import { createPseudonyms, fileSubjectKeys } from '../../../src/ledger/index.js';
import { keyFileNames, PacketSigner, signPacket } from '../../../src/packet/index.js';
import { openStore, readRulesInForce } from '../../../src/store/index.js';
import type { TestHouse } from '../../../test/harness/house.js';
import { engineers } from './organisation.js';

const SCOPES = ['read-orders', 'write-orders'] as const;
const APPROVER = PrincipalId.parse('bob');

/**
 * The verbs behind Slack's forms and buttons, for as many requests as nobody could click: Slack takes a message a second
 * in a channel. Policy, commits, sequencing, doer and receipts are what they always are.
 */
export async function openVerbs({ house, dataDir }: TestHouse): Promise<VerbContext> {
  const url = new URL(house.ours.url);
  url.username = 'cs_worker';
  url.password = house.secrets.logins.cs_worker;
  const store = openStore({
    databaseUrl: url.href,
    pseudonyms: createPseudonyms,
    subjectKeys: fileSubjectKeys(join(dataDir, 'subject-keys')),
  });
  const onFault = (error: unknown) => {
    throw error;
  };
  const policy = await readRulesInForce(store, house.tenant, onFault);
  if (policy === null) throw new Error('no rules are in force');
  const client = new WebClient(house.secrets.slack.botToken, { slackApiUrl: house.workspace.proxy.apiUrl });
  const keyFile = join(dataDir, 'keys', 'worker', keyFileNames.packetSigner);
  const signer = PacketSigner.parse(JSON.parse(readFileSync(keyFile, 'utf8')));
  return {
    tenant: house.tenant,
    clock: systemClock,
    store,
    policy,
    directory: slackDirectory(client, () => policy.organisation),
    sources: {},
    others,
    sign: (payload) => signPacket(payload, signer),
    awaitReceipt: async () => null,
  };
}

/** So many accesses in force, all of the same length; each engineer waits for one before asking for the next. */
export async function grantMany(context: VerbContext, count: number, minutes: number): Promise<Granted[]> {
  const granted = await Promise.all(
    engineers.map(async (by, lane) => {
      const own: Granted[] = [];
      for (let at = lane; at < count; at += engineers.length)
        own.push(await grantOne(context, by, at, minutes));
      return own;
    }),
  );
  return granted.flat();
}

export interface Granted {
  id: RequestId;
  account: string;
}

async function grantOne(
  context: VerbContext,
  by: PrincipalId,
  at: number,
  minutes: number,
): Promise<Granted> {
  const scope = SCOPES[Math.floor(at / engineers.length) % SCOPES.length] ?? SCOPES[0];
  const asked = await requestElevation(context, {
    by,
    input: `bench-ask-${minutes}-${at}`,
    asked: {
      system: 'orders-db',
      scope,
      durationMinutes: minutes,
      reason: `INC-${at} orders stuck since 09:40`,
      beside: await openNumbers(context, by, scope),
    },
  });
  if (!asked.ok) throw new Error(asked.message);
  const { id } = asked.value;
  const vote = { by: APPROVER, input: `bench-vote-${minutes}-${at}`, seal: await sealOf(context, id) };
  const approved = await approve(context, id, vote);
  if (!approved.ok) throw new Error(approved.message);
  for (;;) {
    const { state, account } = await grantOf(context, id);
    if (state === 'active' && account !== null) return { id, account };
    if (state !== 'approved' && state !== 'executing') throw new Error(`${id} is ${state}`);
    await delay(100);
  }
}

const rowsOf = async <T extends z.ZodType>(
  { store }: VerbContext,
  row: T,
  text: string,
  values: readonly unknown[],
): Promise<z.infer<T>[]> => z.array(row).parse((await store.pool.query({ text, values: [...values] })).rows);

const openNumbers = async (context: VerbContext, by: PrincipalId, scope: string): Promise<number[]> =>
  (
    await rowsOf(
      context,
      z.object({ number: z.int() }),
      `SELECT number FROM gate.request WHERE subject = $1 AND details->>'scope' = $2 AND state IN ('pending', 'approved', 'executing', 'active')`,
      [by, scope],
    )
  ).map(({ number }) => number);

async function sealOf(context: VerbContext, id: RequestId): Promise<string> {
  const Row = z.object({ seal: z.string() });
  const [row] = await rowsOf(
    context,
    Row,
    `SELECT details->>'seal' AS seal FROM gate.request WHERE id = $1`,
    [id],
  );
  return row?.seal ?? '';
}

async function grantOf(context: VerbContext, id: RequestId) {
  const [row] = await rowsOf(
    context,
    z.object({ state: z.string(), account: z.string().nullable() }),
    `SELECT state, details->'grant'->>'account' AS account FROM gate.request WHERE id = $1`,
    [id],
  );
  if (row === undefined) throw new Error(`${id} is not there`);
  return row;
}
