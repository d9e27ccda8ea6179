import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { findSecret } from '../../intake/index.js';
import { type Decision, refusals } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { readBeside } from './beside.js';
import { sealedChange } from './change.js';
import { buildFacts, type Terms } from './facts.js';
import type { Details, Elevation } from './schemas.js';
import { sealTerms } from './seal.js';

/** Free text that approvers read; what looks like a secret is refused before anything is stored (rule 15). */
const FREE_TEXTS = ['reason', 'ticket'] as const;

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
  const secrets = FREE_TEXTS.flatMap((field) => {
    const kind = findSecret(terms[field] ?? '');
    return kind === null ? [] : [{ field, kind }];
  });
  if (secrets.length > 0)
    return refusals(
      secrets.map(({ field, kind }) => ({
        rule: `elevation.${field}_holds_secret`,
        message: `The ${field} seems to hold a secret (${kind}). Take it out, and rotate it if it is real.`,
      })),
    );
  const facts = await buildFacts(context, {
    action: request === null ? 'request' : 'edit',
    now,
    actor: ask.by,
    terms,
    request,
    beside: await readBeside(context, { ...terms, words: terms, except: request?.id ?? null, acknowledged }),
  });
  return context.policy.decide('elevation/decision', facts);
}

/** How terms that may be asked for are stored: resolved, sealed, and with those who decide on them. */
export function detailsOfTerms(
  context: VerbContext,
  id: RequestId,
  { approvers }: Decision<'require_hitl'>,
  terms: Terms,
) {
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
    approvalsNeeded: Math.max(1, approvers?.needed ?? 1),
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
