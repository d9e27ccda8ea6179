import type { EventDraft } from '../ledger/index.js';
import { oblige } from '../policy/index.js';
import { commit, type Effect, type StoredRequest } from '../store/index.js';
import type { InboxReceipt, VerbContext } from './define.js';

/** What a commit needs that settles a receipt: a proof asks nobody's leave, and leaves the inbox in the same commit. */
export const receiptEvidence = (
  context: VerbContext,
  request: Pick<StoredRequest, 'id' | 'capability'>,
  { inboxId, receipt }: InboxReceipt,
) => ({
  at: context.clock.now(),
  decision: oblige({
    rule: `${request.capability}.receipt`,
    message: 'The executor proved it.',
    basis: { request: request.id, packet: receipt.packetId, outcome: receipt.outcome, code: receipt.code },
  }),
  receipt: {
    inboxId,
    packetId: receipt.packetId,
    requestId: request.id,
    kind: receipt.kind,
    outcome: receipt.outcome,
  },
});

/** What the entry says of a receipt, whole but for what is of the target's own or of a person. */
export const receiptData = ({ receipt }: InboxReceipt) => ({
  packet: receipt.packetId,
  outcome: receipt.outcome,
  code: receipt.code,
  origin: receipt.origin,
  account: receipt.account,
  evidence: receipt.evidence,
});

/** A receipt that moves its request nowhere is an entry all the same, and settled with it. */
export const noteReceipt = (
  context: VerbContext,
  request: Pick<StoredRequest, 'id' | 'capability'>,
  inbox: InboxReceipt,
  { effects = [], ...event }: Pick<EventDraft, 'type' | 'data'> & { effects?: readonly Effect[] },
) =>
  commit(context.store, {
    tenant: context.tenant,
    ...receiptEvidence(context, request, inbox),
    event: { ...event, requestId: request.id, actor: { process: 'doer' } },
    changes: [],
    effects,
  });
