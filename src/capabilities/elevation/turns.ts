import type { PrincipalId } from '../../core/tenant.js';
import { readTurns } from '../../store/index.js';
import type { VerbContext } from '../define.js';

/**
 * The turns of those an asking is by and for. Read before what else they asked for, and taken by the commit that opens or
 * edits a request: whatever is counted or compared then still holds, however many ask at once (rule 3).
 */
export const turnsOf = (context: VerbContext, people: { requester: PrincipalId; subject: PrincipalId }) =>
  readTurns(
    context.store,
    context.tenant,
    [...new Set([people.requester, people.subject])].map((person) => `asking:${person}`),
  );
