import { randomBytes, randomUUID } from 'node:crypto';
import { PacketId, RequestId } from './tenant.js';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

function randomBase32(length: number): string {
  let text = '';
  for (const byte of randomBytes(length)) text += BASE32[byte & 31];
  return text;
}

export const newRequestId = (): RequestId => RequestId.parse(`r_${randomBase32(20)}`);
export const newPacketId = (): PacketId => PacketId.parse(`p_${randomBase32(20)}`);
/** Ids of ledger events and votes: UUID v4 (RFC 9562 §5.4). */
export const newEventId = (): string => randomUUID();
