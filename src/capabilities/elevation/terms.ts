import { CountersignError } from '../../core/errors.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import type { Decision } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { refuseSecrets } from '../reason.js';
import { findScope, findSystem } from '../systems.js';
import { readWindowsFor, type Window } from '../windows.js';
import { readBeside } from './beside.js';
import { refreshChange, sealedChange } from './change.js';
import { buildFacts, type Terms } from './facts.js';
import type { Details, Elevation } from './schemas.js';
import { sealTerms } from './seal.js';
import { ENTRYPOINT, NAME } from './stored.js';

/** May these terms be asked for, or put in the place of those of `request`? */
export async function judgeTerms(
  context: VerbContext,
  ask: {
    now: Date;
    by: PrincipalId;
    terms: Terms;
    request: Elevation | null;
    acknowledged: readonly number[];
  },
): Promise<Decision> {
  const { now, terms, request, acknowledged } = ask;
  const secrets = refuseSecrets(NAME, { reason: terms.reason, ticket: terms.ticket });
  if (secrets !== null) return secrets;
  const beside = await readBeside(context, {
    ...terms,
    words: terms,
    except: request?.id ?? null,
    acknowledged,
  });
  const decide = async (windows: readonly Window[]) => {
    const action = request === null ? 'request' : 'edit';
    const facts = { action, now, actor: ask.by, terms, request, beside, windows } as const;
    return context.policy.decide(ENTRYPOINT, await buildFacts(context, facts));
  };
  const windows =
    request === null ? await readWindowsFor(context, { person: terms.subject, system: terms.system }) : [];
  try {
    return await decide(windows);
  } catch (error) {
    // Whether those who gave a window still stand cannot be asked: then people are.
    if (windows.length === 0 || !isUnreachable(error)) throw error;
    return decide([]);
  }
}

const isUnreachable = (error: unknown): boolean =>
  error instanceof CountersignError && error.code === 'directory_unreachable';

/** What was asked for, as it was sealed. */
export const termsOf = (request: Elevation): Terms => ({
  requester: request.requester,
  subject: request.subject,
  system: request.details.system,
  scope: request.details.scope,
  durationMinutes: request.details.durationMinutes,
  reason: request.details.reason,
  ticket: request.details.ticket,
  startAt: request.details.startAt,
  change: request.details.change === null ? null : { status: 'read', of: request.details.change },
});

/** The same with fresh facts about what is deployed: for whoever lets it through. A no waits for no source (rule 2). */
export async function freshTermsOf(context: VerbContext, request: Elevation): Promise<Terms> {
  const { system, scope, change } = request.details;
  const target = findScope(findSystem(context, system), scope);
  return { ...termsOf(request), change: await refreshChange(context, target, change) };
}

/** How many have to approve, as policy says; never none. */
export const neededBy = ({ approvers }: Decision<'require_hitl'>): number =>
  Math.max(1, approvers?.needed ?? 1);

/** How terms that may be asked for are stored: resolved, sealed, and with those who decide on them. */
export function detailsOfTerms(context: VerbContext, id: RequestId, approvalsNeeded: number, terms: Terms) {
  const { system, scope, durationMinutes, reason, ticket, startAt } = terms;
  return {
    system,
    scope,
    durationMinutes,
    reason,
    ticket,
    startAt,
    change: terms.change?.of ?? null,
    ...sealTerms(context, id, terms),
    approvalsNeeded,
  } satisfies Partial<Details>;
}

/** What the ledger says of sealed terms in clear; the words are committed to beside. */
export const dataOfTerms = (
  details: Pick<
    Details,
    'system' | 'scope' | 'durationMinutes' | 'startAt' | 'change' | 'seal' | 'privileges' | 'approvalsNeeded'
  >,
) => ({
  system: details.system,
  scope: details.scope,
  durationMinutes: details.durationMinutes,
  startAt: details.startAt,
  change: sealedChange(details.change),
  seal: details.seal,
  privileges: details.privileges,
  approvalsNeeded: details.approvalsNeeded,
});

export const wordsOfTerms = ({ requester, reason, ticket }: Terms) => ({
  reason: { subject: requester, text: reason },
  ...(ticket === null ? {} : { ticket: { subject: requester, text: ticket } }),
});
