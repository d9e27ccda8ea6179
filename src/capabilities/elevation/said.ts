import { z } from 'zod';
import type { RequestEvent } from '../../ledger/index.js';
import { isEffect, type Policy } from '../../policy/index.js';
import { ENTRYPOINT } from './stored.js';

/**
 * The sentences behind an entry's rule ids, which the entry does not hold: the rules are asked again with the input that
 * was kept. Empty for what went through or asks no rule, where other rules are in force by now, and where the input is gone.
 */
export function said(policy: Policy, { decision, policyInput }: RequestEvent): string[] {
  if (decision === null || policyInput === null || decision.policyDigest !== policy.digest) return [];
  if (decision.effect === 'allow') return [];
  const again = policy.decide(ENTRYPOINT, z.json().parse(JSON.parse(policyInput)));
  if (isEffect(again, 'allow') || again.effect !== decision.effect) return [];
  return again.reasons.filter(({ rule }) => decision.rules.includes(rule)).map(({ message }) => message);
}
