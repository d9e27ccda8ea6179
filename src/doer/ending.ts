import type { SessionId } from '../connectors/connector.js';
import { newPacketId } from '../core/ids.js';
import type { RequestId } from '../core/tenant.js';
import type { EndReason } from '../packet/index.js';
import type { Answer } from './answer.js';
import type { DoerContext } from './context.js';
import { accountOf, type GrantRecord } from './grant-record.js';

/** A grant to be ended, by packet, by its own end, or because it should not be there at all. */
export interface Ending {
  requestId: RequestId;
  system: string;
  reason: EndReason;
  /** Sessions that were told to go before. */
  shut?: readonly SessionId[];
}

/** The answer to an end that is not proved: owed on our own disk from now on, and tried again by the loop over it. */
export function unproven(context: DoerContext, ending: Ending, remains: readonly string[]): Answer {
  const record = owedNow(context, ending);
  context.disk.saveOwed(record);
  return {
    outcome: 'unproven',
    code: 'revoke_unproven',
    account: record.account,
    evidence: { reason: ending.reason, remains },
  };
}

/** What we owe from now on, whether or not we began it. */
function owedNow(context: DoerContext, ending: Ending): GrantRecord {
  const now = context.clock.now().toISOString();
  const known = context.disk.owed(ending.requestId);
  if (known)
    return {
      ...known,
      expiresAt: earlier(known.expiresAt, now),
      endReason: ending.reason,
      reportedUnproven: true,
    };
  return {
    v: 1,
    tenant: context.tenant,
    requestId: ending.requestId,
    packetId: newPacketId(),
    system: ending.system,
    scope: null,
    subject: null,
    seal: null,
    account: accountOf(ending.requestId),
    member: null,
    accountId: null,
    state: 'begun',
    createdAt: now,
    expiresAt: now,
    validUntil: now,
    endReason: ending.reason,
    reportedUnproven: true,
  };
}

/** Of two RFC 3339 UTC instants of one spelling. */
const earlier = (a: string, b: string): string => [a, b].sort()[0] ?? a;
