import { PrincipalId, type TenantId } from '../../../core/tenant.js';
import type { Organisation } from '../../../policy/index.js';

/** Who a delivery came from, as its signed transport says; never taken from text. */
export interface Caller {
  slackUserId: string;
  /** The organisation's principal, or null for a stranger: another workspace, a bot, someone the files do not name. */
  principal: PrincipalId | null;
  /** How the ledger names them, known or not. */
  ledgerName: PrincipalId;
}

export function callerOf(
  organisation: Organisation,
  tenant: TenantId,
  from: { team: string | undefined; user: string },
): Caller {
  const person = organisation.people.find((candidate) => candidate.identities.slack?.includes(from.user));
  const principal = from.team === tenant ? (person?.id ?? null) : null;
  return {
    slackUserId: from.user,
    principal,
    ledgerName:
      principal ??
      PrincipalId.parse(`slack-${from.user.toLowerCase().replace(/[^a-z0-9]/g, '')}`.slice(0, 64)),
  };
}
