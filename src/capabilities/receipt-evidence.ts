import type { RequestId } from '../core/tenant.js';
import { oblige } from '../policy/index.js';
import type { InboxReceipt, VerbContext } from './define.js';

/** What a commit needs that settles a receipt: a proof asks nobody's leave, and leaves the inbox in the same commit. */
export const receiptEvidence = (
  context: VerbContext,
  request: { id: RequestId; capability: string },
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
