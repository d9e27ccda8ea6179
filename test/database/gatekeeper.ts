import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { typedRequest } from '../../src/capabilities/define.js';
import { machine } from '../../src/capabilities/elevation/machine.js';
import { Details, type Elevation } from '../../src/capabilities/elevation/schemas.js';
import { capabilities, others, type VerbContext } from '../../src/capabilities/index.js';
import type { Sources } from '../../src/capabilities/sources.js';
import { connectorKinds } from '../../src/connectors/kinds.js';
import { manualClock } from '../../src/core/clock.js';
import { newPacketId } from '../../src/core/ids.js';
import { PrincipalId, type RequestId, TenantId } from '../../src/core/tenant.js';
import { createPseudonyms, fileSubjectKeys } from '../../src/ledger/index.js';
import { generateKeySet, type Receipt, signPacket } from '../../src/packet/index.js';
import { policyDigest } from '../../src/policy/digest.js';
import { loadPolicy, Organisation, readPolicyFiles, type System } from '../../src/policy/index.js';
import {
  claimEffects,
  finishEffect,
  openStore,
  readReceiptInbox,
  readRequest,
  type Store,
} from '../../src/store/index.js';
import { freshDatabase, type TestDatabase } from '../harness/postgres.js';
import { withClient } from '../harness/postgres-admin.js';

export const tenant = TenantId.parse('T01HOOKPILOT');
export const person = (name: string): PrincipalId => PrincipalId.parse(name);

/** People of their own beside the example organisation's, so that a crowd can approve at once. */
export const CROWD = 50;
/** Two more of security than the example organisation may have. */
export const KEEPERS = ['keeper-1', 'keeper-2'].map(person);
export const approver = (number: number): PrincipalId => person(`approver-${number}`);

export interface Gatekeeper {
  database: TestDatabase;
  context: VerbContext;
  clock: ReturnType<typeof manualClock>;
  /** Another process over the same database: nothing of the first is left but what is stored, keys and files. */
  restart(): Promise<VerbContext>;
  close(): Promise<void>;
}

/**
 * The verbs over a database of their own, under the committed policy, with a Slack that knows everybody as active. `every`
 * changes each system, `change` the whole organisation.
 */
export async function openGatekeeper(
  every: Partial<Pick<System, 'ticket'>> = {},
  sources: Sources = {},
  change: (organisation: Organisation) => Organisation = (organisation) => organisation,
): Promise<Gatekeeper> {
  const database = await freshDatabase();
  const subjectKeysDirectory = mkdtempSync(join(tmpdir(), 'countersign-keys-'));
  const stores: Store[] = [];
  const { bundle, ...files } = readPolicyFiles(
    resolve(import.meta.dirname, '../../policies'),
    connectorKinds,
  );
  const organisation = change(files.organisation);
  const crowded = Organisation.parse({
    ...organisation,
    people: [...organisation.people, ...crowd(), ...keepers()],
    systems: organisation.systems.map((system) => ({ ...system, ...every })),
  });
  const clock = manualClock(new Date('2026-11-21T10:00:00Z'));
  const keys = generateKeySet(tenant);
  const start = async (): Promise<VerbContext> => {
    const store = openStore({
      databaseUrl: database.urls.worker,
      pseudonyms: createPseudonyms,
      subjectKeys: fileSubjectKeys(subjectKeysDirectory),
    });
    stores.push(store);
    return {
      tenant,
      clock,
      store,
      policy: await loadPolicy({ bundle, organisation: crowded, digest: policyDigest(bundle, crowded) }),
      directory: { standing: async () => 'active' },
      sources,
      others,
      sign: (payload) =>
        signPacket(payload, payload.kind === 'reveal' ? keys.app.packetSigner : keys.worker.packetSigner),
      awaitReceipt: async () => null,
    };
  };
  return {
    database,
    context: await start(),
    clock,
    restart: start,
    close: async () => {
      for (const store of stores) await store.close();
      await database.drop();
      rmSync(subjectKeysDirectory, { recursive: true });
    },
  };
}

/** An elevation as it is stored now. */
export async function readElevation({ store }: VerbContext, id: RequestId): Promise<Elevation> {
  const request = await readRequest(store, tenant, id);
  if (request === null) throw new Error(`${id} is not there`);
  return typedRequest({ name: 'elevation', machine, details: Details }, request);
}

/** What the relay does with the stops and the votes to void that a commit left behind. */
export async function relayStops({ context, clock }: Gatekeeper): Promise<void> {
  const { store } = context;
  const kinds = ['stop', 'unvote'] as const;
  const claimed = await claimEffects(store, { tenant, kinds, now: clock.now(), take: 100, seconds: 60 });
  for (const { id, effect } of claimed) {
    if (effect?.kind !== 'stop' && effect?.kind !== 'unvote') continue;
    const request = await readRequest(store, tenant, effect.requestId);
    const owner = capabilities.find((one) => one.name === request?.capability);
    if (request !== null && effect.kind === 'stop') await owner?.stop?.(context, request, effect.because);
    if (request !== null && effect.kind === 'unvote') await owner?.unvote?.(context, request, effect);
    await finishEffect(store, id);
  }
}

/** What the doer answers, settled as the worker does once the signature is checked. */
export async function receives(
  { context, clock, database }: Gatekeeper,
  requestId: RequestId,
  answer: Pick<Receipt, 'kind' | 'outcome' | 'code' | 'system'> & Partial<Receipt>,
): Promise<void> {
  const receipt: Receipt = {
    v: 1,
    origin: 'packet',
    packetId: newPacketId(),
    requestId,
    tenant,
    at: clock.now().toISOString(),
    expiresAt: null,
    account: null,
    evidence: {},
    drift: null,
    ciphertext: null,
    ...answer,
  };
  await withClient(database.urls.doer, (doer) =>
    doer.query("INSERT INTO gate.receipt_inbox (tenant, packet_id, receipt) VALUES ($1, $2, '')", [
      tenant,
      receipt.packetId,
    ]),
  );
  const [row] = await readReceiptInbox(context.store, tenant, 1);
  const request = await readRequest(context.store, tenant, requestId);
  if (row === undefined || request === null) throw new Error('nothing to settle');
  const owner = capabilities.find((one) => one.name === request.capability);
  await owner?.settle?.(context, request, { inboxId: row.id, receipt });
}

const crowd = () =>
  Array.from({ length: CROWD }, (_, number) => ({
    kind: 'person',
    id: approver(number),
    name: `Approver ${number}`,
    identities: { email: `approver-${number}@hookpilot.example` },
    teams: ['platform'],
    roles: ['platform-approver'],
  }));

const keepers = () =>
  KEEPERS.map((id) => ({
    kind: 'person',
    id,
    name: `Keeper ${id}`,
    identities: { email: `${id}@hookpilot.example` },
    teams: ['security'],
    roles: ['security'],
  }));
