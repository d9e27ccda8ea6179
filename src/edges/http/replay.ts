import type { Pool } from 'pg';
import { z } from 'zod';
import type { Json } from '../../core/canonical.js';
import type { RequestId, TenantId } from '../../core/tenant.js';
import { type RequestEvent, readRequestEvents } from '../../ledger/index.js';
import { loadPolicy, Organisation, type Policy } from '../../policy/index.js';

/**
 * `same`: the rules then in force answer again what they answered. `not_asked`: an ending, which no rule decides.
 * `input_gone`: it was pruned, or somebody who had a part in it was erased.
 */
export type ReplayVerdict = 'same' | 'different' | 'not_asked' | 'input_gone' | 'rules_gone';

export interface ReplayedEvent extends RequestEvent {
  verdict: ReplayVerdict;
  /** What the rules answer now, where that is another. */
  answered: { effect: string; rules: string[] } | null;
}

const Applied = z.object({ organisation: Organisation, bundle: z.instanceof(Uint8Array) });
const JsonValue: z.ZodType<Json> = z.json();

/** Asks the rules that were in force for each entry about a request again, with the input that was kept beside it. */
export async function replayRequest(
  pool: Pool,
  tenant: TenantId,
  requestId: RequestId,
): Promise<ReplayedEvent[]> {
  const policies = new Map<string, Policy | null>();
  const replayed: ReplayedEvent[] = [];
  for (const event of await readRequestEvents(pool, tenant, { requests: [requestId] })) {
    const digest = event.decision?.policyDigest ?? 'none';
    if (!policies.has(digest)) policies.set(digest, await loadApplied(pool, tenant, digest));
    replayed.push({ ...event, ...replay(event, policies.get(digest) ?? null) });
  }
  return replayed;
}

function replay(event: RequestEvent, policy: Policy | null): Pick<ReplayedEvent, 'verdict' | 'answered'> {
  if (!event.decision || event.decision.policyDigest === 'none')
    return { verdict: 'not_asked', answered: null };
  if (event.policyInput === null) return { verdict: 'input_gone', answered: null };
  if (!policy) return { verdict: 'rules_gone', answered: null };
  const input = JsonValue.parse(JSON.parse(event.policyInput));
  const { effect, reasons } = policy.decide(entrypointOf(event.type, event.decision.rules), input);
  const rules = reasons.map((reason) => reason.rule);
  const isSame = effect === event.decision.effect && sorted(rules) === sorted(event.decision.rules);
  return isSame ? { verdict: 'same', answered: null } : { verdict: 'different', answered: { effect, rules } };
}

/**
 * What was asked, by who answered: rules are named `<capability>.<what>`, and one commit's decision stands in the entries of
 * other capabilities too. Where none could be asked, the entry says whose it is. Rego packages know no hyphen.
 */
function entrypointOf(type: string, rules: readonly string[]): string {
  const [capability = ''] = (rules.find((rule) => !rule.startsWith('policy.')) ?? type).split('.');
  return `${capability.replaceAll('-', '_')}/decision`;
}

const sorted = (rules: readonly string[]): string => [...rules].sort().join(' ');

async function loadApplied(pool: Pool, tenant: TenantId, digest: string): Promise<Policy | null> {
  const { rows } = await pool.query(
    'SELECT organisation, bundle FROM gate.policy_apply WHERE tenant = $1 AND digest = $2 ORDER BY serial DESC LIMIT 1',
    [tenant, digest],
  );
  const applied = Applied.safeParse(rows[0]);
  return applied.success ? loadPolicy({ ...applied.data, digest }) : null;
}
