import { sha256Hex } from '../core/canonical.js';
import { assertExhaustive } from '../core/errors.js';
import { PacketId, RequestId } from '../core/tenant.js';
import {
  isEnding,
  openPacket,
  PACKET_VALIDITY_SECONDS,
  PacketKind,
  type PacketPayload,
  withinValidity,
} from '../packet/index.js';
import { type Answer, aboutPacket, rejected, type Subject, sendAnswer } from './answer.js';
import type { DoerContext } from './context.js';
import type { ReleasedPacket } from './database.js';
import { endGrants } from './end.js';
import { checkOut } from './glass/check-out.js';
import { grant } from './grant.js';
import { observe } from './observe.js';
import { reveal } from './reveal.js';
import { rotate } from './rotate.js';

/** A packet read as far as its signatures; what does not verify is answered with a signed rejection (rule 6). */
export type OpenedPacket = { payload: PacketPayload } | { subject: Subject | null; answer: Answer };

export function openReleased(context: DoerContext, row: ReleasedPacket): OpenedPacket {
  const opened = openPacket(row.envelope, context.keyring);
  if (!opened.ok) return unverified(row, opened.code);
  const payload = opened.value;
  // The row's columns are not signed: a packet shown under another id could otherwise be answered twice.
  const isRowTrue =
    payload.id === row.id &&
    payload.kind === row.kind &&
    payload.requestId === row.requestId &&
    payload.system === row.system;
  if (!isRowTrue) return unverified(row, 'row_differs');
  if (payload.tenant !== context.tenant) return unverified(row, 'other_tenant');
  return { payload };
}

/** Null: too early, look again. An end is never too early and never lapses: no clock may delay it (rule 2). */
export async function checkTime(
  context: DoerContext,
  payload: PacketPayload,
): Promise<Answer | 'in_time' | null> {
  if (isEnding(payload.kind)) return 'in_time';
  const now = context.clock.now();
  const validity = withinValidity(payload, now);
  if (validity.ok || (validity.code === 'expired' && (await isBegunBy(context, payload)))) return 'in_time';
  if (validity.code === 'not_yet_valid') {
    const isSoon = Date.parse(payload.notBefore) - now.getTime() <= PACKET_VALIDITY_SECONDS * 1000;
    return isSoon ? null : rejected('packet_not_yet_valid');
  }
  if (validity.code === 'expired') return rejected('packet_expired');
  return rejected('signature_rejected', { why: validity.code });
}

/** Rule 7: a beginning needs its entry in the log. An end needs nothing (rule 2); an observation changes nothing. */
export async function checkLogged(
  context: DoerContext,
  payload: PacketPayload,
  row: ReleasedPacket,
): Promise<Answer | 'logged' | 'unknown'> {
  if (isEnding(payload.kind) || payload.kind === 'observe') return 'logged';
  const verdict = await context.logWatch.check(payload, row.envelope, row.proof);
  if (verdict.ok === null) return 'unknown';
  return verdict.ok ? 'logged' : rejected(verdict.code, { why: verdict.why });
}

export async function answerPacket(context: DoerContext, payload: PacketPayload): Promise<void> {
  await sendAnswer(context, aboutPacket(payload), await actOn(context, payload));
}

async function actOn(context: DoerContext, payload: PacketPayload): Promise<Answer> {
  switch (payload.kind) {
    case 'grant':
      return grant(context, payload);
    case 'end': {
      const [answer] = await endGrants(context, payload.system, [payload], { tellOthersFirst: true });
      return answer ?? rejected('limit_system');
    }
    case 'reveal':
      return reveal(context, payload);
    case 'check_out':
      return checkOut(context, payload);
    case 'rotate':
      return rotate(context, payload);
    case 'observe':
      return observe(context, payload);
    default:
      return assertExhaustive(payload);
  }
}

/** Rule 8: what was begun in time is resumed by read-back, however long the doer was away. */
async function isBegunBy(context: DoerContext, payload: PacketPayload): Promise<boolean> {
  if (payload.kind !== 'grant') return false;
  const record =
    context.disk.owed(payload.requestId) ?? (await context.database.findGrant(payload.requestId));
  return record?.packetId === payload.id;
}

function unverified(row: ReleasedPacket, why: string): OpenedPacket {
  const id = PacketId.safeParse(row.id);
  const requestId = RequestId.safeParse(row.requestId);
  const kind = PacketKind.safeParse(row.kind);
  const answer = rejected('signature_rejected', { why, envelope: sha256Hex(row.envelope) });
  if (!id.success || !requestId.success || !kind.success) return { subject: null, answer };
  const system = row.system.slice(0, 64);
  return {
    subject: { origin: 'packet', packetId: id.data, requestId: requestId.data, system, kind: kind.data },
    answer,
  };
}
