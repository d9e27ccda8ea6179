import type { Capability, VerbContext } from '../../capabilities/index.js';
import type { FaultHook } from '../../core/faults.js';
import type { RequestId } from '../../core/tenant.js';
import { type Receipt, type ReceiptKeyring, verifyReceipt } from '../../packet/index.js';
import { oblige, refusal } from '../../policy/index.js';
import {
  commit,
  dropFromInbox,
  type Effect,
  type InboxRow,
  readReceiptInbox,
  readRequest,
  refuse,
} from '../../store/index.js';
import type { Log } from '../log.js';
import { ownerOf } from '../owner.js';
import { type Loop, startLoop } from './loop.js';

export interface ReceiptDeps {
  context: VerbContext;
  capabilities: readonly Capability[];
  keyring: ReceiptKeyring;
  hook: FaultHook;
  log: Log;
}

const AFTER_FAILURE_MILLISECONDS = 5_000;

/**
 * Verifies what the doer left and commits it; the inbox row goes in the same transaction as the state it made. A row that
 * cannot be settled is left alone for a moment, so that it holds up no proof behind it.
 */
export function startReceipts(deps: ReceiptDeps): Loop {
  const { store, tenant } = deps.context;
  const quiet = new Map<bigint, number>();
  return startLoop({
    name: 'receipts',
    idle: 30,
    rest: 150,
    log: deps.log,
    round: async () => {
      for (const [id, until] of quiet) if (until <= performance.now()) quiet.delete(id);
      const rows = await readReceiptInbox(store, tenant, 100, [...quiet.keys()]);
      for (const row of rows)
        await settleRow(deps, row).catch((error: unknown) => {
          quiet.set(row.id, performance.now() + AFTER_FAILURE_MILLISECONDS);
          deps.log.error({ err: error, packetId: row.packetId }, 'a receipt could not be settled');
        });
      return rows.length > 0;
    },
  });
}

async function settleRow(deps: ReceiptDeps, row: InboxRow): Promise<void> {
  const { store, tenant } = deps.context;
  const verified = verifyReceipt(row.receipt, deps.keyring);
  await deps.hook('worker.receipt');
  if (!verified.ok || verified.value.tenant !== tenant || verified.value.packetId !== row.packetId)
    return rejectRow(deps, row, 'receipt.unverified');
  const receipt = verified.value;
  if (receipt.code === 'signature_rejected') return rejectRow(deps, row, 'doer.signature_rejected', receipt);
  const { requestId } = receipt;
  if (requestId === null) return noteSweep(deps, row, receipt);
  const settled = await settleCurrent(deps, row, { ...receipt, requestId });
  await deps.hook('worker.settled');
  if (!settled) await dropFromInbox(store, tenant, row.id);
}

const ATTEMPTS = 8;

/** False when there is nothing left to settle: known before, or of a request that awaits no receipt. */
async function settleCurrent(
  deps: ReceiptDeps,
  row: InboxRow,
  receipt: Receipt & { requestId: RequestId },
): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    const request = await readRequest(deps.context.store, deps.context.tenant, receipt.requestId);
    const capability = ownerOf(deps.capabilities, request);
    const settle = capability?.settle ?? null;
    if (request === null || settle === null) {
      await rejectRow(deps, row, 'receipt.unknown_request', receipt);
      return true;
    }
    const outcome = await settle(deps.context, request, { inboxId: row.id, receipt });
    if (outcome.ok) return true;
    if (outcome.code === 'receipt_known') return false;
    if (outcome.code !== 'lost_race' || tries === ATTEMPTS)
      throw new Error(`a receipt was not settled: ${outcome.code}`);
  }
}

/** Leases of a doer that died are of no request; their end is an entry all the same. */
async function noteSweep(deps: ReceiptDeps, row: InboxRow, receipt: Receipt): Promise<void> {
  const { store, tenant, clock } = deps.context;
  const { packetId, system, at, evidence } = receipt;
  await commit(store, {
    tenant,
    at: clock.now(),
    input: `receipt-${row.id}`,
    decision: oblige({
      rule: 'doer.lease_swept',
      message: 'The executor proved it.',
      basis: { packet: packetId, system },
    }),
    event: {
      type: 'doer.lease_swept',
      requestId: null,
      actor: { process: 'doer' },
      data: { packet: packetId, system, at, evidence },
    },
    changes: [],
  });
  await dropFromInbox(store, tenant, row.id);
}

/** What does not verify is ledgered and dropped (rule 6). */
async function rejectRow(deps: ReceiptDeps, row: InboxRow, rule: string, receipt?: Receipt): Promise<void> {
  const { store, tenant, clock } = deps.context;
  deps.log.warn({ rule, packetId: row.packetId }, 'a receipt was rejected');
  await refuse(store, {
    tenant,
    at: clock.now(),
    input: `receipt-${row.id}`,
    decision: refusal(rule, 'What the executor sent or was sent does not verify.'),
    event: {
      type: rule === 'doer.signature_rejected' ? rule : 'doer.receipt_rejected',
      requestId: receipt?.requestId ?? null,
      actor: { process: 'doer' },
      data: { packet: receipt?.packetId ?? null, rule, evidence: receipt?.evidence ?? null },
    },
    effects: receipt === undefined || rule !== 'receipt.unknown_request' ? [] : [aboutNobody(receipt)],
  });
  await dropFromInbox(store, tenant, row.id);
}

/** The executor did something on its own word about a request that our database does not have. */
const aboutNobody = ({ requestId, kind, outcome, account, system }: Receipt): Effect => ({
  kind: 'alert',
  requestId: null,
  alert: 'doer.unknown_request',
  text: `The executor tells of a ${kind} (${outcome}) of ${account ?? 'an account'} on ${system} for ${requestId}, which nobody here asked for.`,
});
