import { canonicalDigest } from '../../core/canonical.js';
import { sealDigest } from '../../core/seal.js';
import type { RequestId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { findScope, findSystem, loginOf } from '../systems.js';
import { sealedChange } from './change.js';
import type { Terms } from './facts.js';

/**
 * Resolves the privileges and seals them with the terms (rule 5): what a request, an edit and whoever else changes terms
 * stores, shows and has voted on.
 */
export function sealTerms(
  context: VerbContext,
  id: RequestId,
  terms: Terms,
): { login: string | null; privileges: string[]; seal: string } {
  const { requester, subject, system, scope, startAt, durationMinutes } = terms;
  const found = findSystem(context, system);
  const login = loginOf(context, subject, found);
  const privileges = [...(findScope(found, scope)?.privileges ?? [])].sort();
  const seal = sealDigest({
    tenant: context.tenant,
    requestId: id,
    requester,
    subject,
    system,
    scope,
    login,
    privileges,
    startAt,
    change: sealedChange(terms.change?.of ?? null),
    durationMinutes,
    reasonDigest: caseDigest(terms),
  });
  return { login, privileges, seal };
}

/** What the seal and the packet carry of the case that was made, instead of its words: reason and ticket. */
export const caseDigest = ({ reason, ticket }: Pick<Terms, 'reason' | 'ticket'>): string =>
  canonicalDigest({ domain: 'countersign-elevation-case-v1', reason, ticket });
