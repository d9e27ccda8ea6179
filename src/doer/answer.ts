import { canonicalJson, type Json, sha256Hex } from '../core/canonical.js';
import { newPacketId } from '../core/ids.js';
import type { RequestId } from '../core/tenant.js';
import {
  type DriftLine,
  type PacketPayload,
  type Receipt,
  type ReceiptCode,
  signReceipt,
} from '../packet/index.js';
import type { DoerContext } from './context.js';
import { codeOf, isTargetError } from './failure.js';

/** What a verb has to say; `sendAnswer` makes it the one receipt of its packet. */
export interface Answer {
  outcome: Receipt['outcome'];
  code: ReceiptCode;
  account?: string;
  expiresAt?: string;
  evidence?: { readonly [key: string]: Json };
  drift?: readonly DriftLine[];
  ciphertext?: string;
}

/** What an answer is about. */
export type Subject = Pick<Receipt, 'packetId' | 'requestId' | 'system' | 'kind' | 'origin'>;

export const aboutPacket = (payload: PacketPayload): Subject => ({
  origin: 'packet',
  packetId: payload.id,
  requestId: payload.requestId,
  system: payload.system,
  kind: payload.kind,
});

/** Something the doer did unasked; its packet id is its own. */
export const aboutOwnAct = (requestId: RequestId | null, system: string, kind: Receipt['kind']): Subject => ({
  origin: 'doer',
  packetId: newPacketId(),
  requestId,
  system,
  kind,
});

export const rejected = (code: ReceiptCode, evidence: { readonly [key: string]: Json } = {}): Answer => ({
  outcome: 'rejected',
  code,
  evidence,
});

/** What the target did not do is an answer; a fault of our own is none, and throws. */
export async function answerOf(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!isTargetError(error)) throw error;
    return rejected(error.code, { detail: codeOf(error) });
  }
}

/** Signs and stores the receipt on our own disk; the delivery loop hands it over, now or when our database is back. */
export async function sendAnswer(context: DoerContext, subject: Subject, answer: Answer): Promise<void> {
  const receipt: Receipt = {
    v: 1,
    ...subject,
    tenant: context.tenant,
    outcome: answer.outcome,
    code: answer.code,
    at: context.clock.now().toISOString(),
    expiresAt: answer.expiresAt ?? null,
    account: answer.account ?? null,
    evidence: { ...bounded(answer.evidence ?? {}), ...leasesOf(context, subject) },
    drift: answer.drift === undefined ? null : [...answer.drift],
    ciphertext: answer.ciphertext ?? null,
  };
  context.disk.saveReceipt(subject.packetId, signReceipt(receipt, context.receiptSigner));
  await context.faults('doer.receipt');
  context.log.info(
    {
      requestId: subject.requestId,
      packetId: subject.packetId,
      kind: subject.kind,
      outcome: answer.outcome,
      code: answer.code,
    },
    'doer: answered',
  );
}

/** A lease is an entry like what it was taken for. */
function leasesOf(context: DoerContext, { requestId, kind }: Subject): { readonly [key: string]: Json } {
  const leases = requestId === null || kind === 'lease' ? [] : context.leases.take({ requestId, kind });
  return leases.length === 0 ? {} : { leases: leases.map((lease) => ({ ...lease })) };
}

const EVIDENCE_BYTES = 16_384;
const LIST_LENGTH = 100;

/** A target can make its lists as long as it likes, and neither the inbox nor the ledger takes what is too long. */
function bounded(evidence: { readonly [key: string]: Json }): { readonly [key: string]: Json } {
  const cut = Object.fromEntries(Object.entries(evidence).map(([name, value]) => [name, cutList(value)]));
  const text = canonicalJson(cut);
  return Buffer.byteLength(text) <= EVIDENCE_BYTES ? cut : { tooLong: sha256Hex(text) };
}

const cutList = (value: Json): Json =>
  isList(value) && value.length > LIST_LENGTH
    ? [...value.slice(0, LIST_LENGTH), `and ${value.length - LIST_LENGTH} more`]
    : value;

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
