import { type Json, sha256Hex } from '../core/canonical.js';
import { MAX_PAYLOAD_BYTES } from '../core/entry.js';
import { CountersignError } from '../core/errors.js';
import { newEventId } from '../core/ids.js';
import type { PrincipalId, RequestId, TenantId } from '../core/tenant.js';
import { commitTo, newSalt } from './commitment.js';
import { encodePayload } from './payload.js';
import { type SealedText, sealPersonal } from './personal.js';
import type { Pseudonyms } from './pseudonyms.js';
import type { SubjectKeys } from './subject-keys.js';

/**
 * What a verb says happened. `type` is `<capability>.<what>`; `data` is checked by that capability and holds no
 * personal data.
 */
export interface EventDraft {
  type: string;
  requestId: RequestId | null;
  actor: PrincipalId | { process: string };
  /** Other people by the part they play; entries name them by pseudonym only (rule 16). */
  people?: Readonly<Record<string, PrincipalId>>;
  /** Free text and personal data: the entry keeps a salted commitment, the text lies beside under its subject's key. */
  personal?: Readonly<Record<string, { subject: PrincipalId; text: string }>>;
  data?: Readonly<Record<string, Json>>;
}

/** What an entry keeps of policy's answer; `input` is stored beside it, for replay. */
export interface DecisionRecord {
  effect: string;
  reasons: readonly { rule: string; message: string }[];
  policyDigest: string;
  inputDigest: string;
  input: string;
}

/** One element of `ledger.enqueue(tenant, events)`; plain JSON. */
export interface PreparedEvent {
  eventId: string;
  payload: string;
  personal: readonly SealedText[];
  policyInput: { digest: string; input: string } | null;
}

export interface EventDeps {
  pseudonyms: Pseudonyms;
  subjectKeys: SubjectKeys;
}

const TYPE = /^[a-z][a-z-]*\.[a-z][a-z_-]*$/;

/**
 * Turns a draft into the bytes that will be hashed. Call it before the transaction: it may write a subject key and a
 * pseudonym. Throws `ledger_event_invalid` on a bad type or mismatched input, `ledger_entry_too_large` above 65,481 bytes.
 */
export async function prepareEvent(
  deps: EventDeps,
  event: { tenant: TenantId; at: Date; draft: EventDraft; decision: DecisionRecord | null },
): Promise<PreparedEvent> {
  const { tenant, at, draft, decision } = event;
  if (!TYPE.test(draft.type))
    throw new CountersignError('ledger_event_invalid', 'The event type is malformed.', {
      detail: draft.type,
    });
  if (decision && sha256Hex(decision.input) !== decision.inputDigest)
    throw new CountersignError('ledger_event_invalid', 'The policy input differs from its digest.', {
      detail: draft.type,
    });

  const eventId = newEventId();
  const nameOf = (principal: PrincipalId) => deps.pseudonyms.of(tenant, principal);
  const { commitments, personal } = await commitWords(deps, { tenant, eventId, words: draft.personal ?? {} });
  const people: Record<string, string> = {};
  for (const [part, principal] of Object.entries(draft.people ?? {})) people[part] = await nameOf(principal);

  const payload = encodePayload({
    id: eventId,
    type: draft.type,
    at,
    request: draft.requestId,
    actor: typeof draft.actor === 'string' ? await nameOf(draft.actor) : { process: draft.actor.process },
    people,
    commitments,
    data: draft.data ?? {},
    decision: decision && {
      effect: decision.effect,
      rules: decision.reasons.map((reason) => reason.rule),
      policyDigest: decision.policyDigest,
      inputDigest: decision.inputDigest,
    },
  });
  if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES)
    throw new CountersignError('ledger_entry_too_large', 'The event is too large for the ledger.', {
      detail: draft.type,
    });
  return {
    eventId,
    payload,
    personal,
    policyInput: decision && { digest: decision.inputDigest, input: decision.input },
  };
}

/** Of each text a salted commitment for the entry, and the text itself, under its subject's key, to lie beside. */
async function commitWords(
  { pseudonyms, subjectKeys }: EventDeps,
  of: { tenant: TenantId; eventId: string; words: NonNullable<EventDraft['personal']> },
): Promise<{ commitments: Record<string, string>; personal: SealedText[] }> {
  const { tenant, eventId, words } = of;
  const commitments: Record<string, string> = {};
  const personal: SealedText[] = [];
  for (const [field, { subject, text }] of Object.entries(words)) {
    const pseudonym = await pseudonyms.of(tenant, subject);
    const salt = newSalt();
    commitments[field] = commitTo(salt, field, text);
    const key = await subjectKeys.obtain(pseudonym);
    personal.push(sealPersonal(key, { tenant, eventId, field, pseudonym, salt, text }));
  }
  return { commitments, personal };
}
