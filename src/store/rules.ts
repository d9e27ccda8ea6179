import type { TenantId } from '../core/tenant.js';
import {
  isEffect,
  loadPolicy,
  Organisation,
  type Policy,
  type PolicyFiles,
  refusal,
} from '../policy/index.js';
import { commit, refuse } from './commit.js';
import type { Store } from './store.js';

type OnFault = (fault: unknown) => void;

const NOBODY: Organisation = { people: [], teams: [], roles: [], systems: [], conflicts: [] };

/**
 * The rules in force: the newest apply, whatever files a process happens to have (rule 17). Null before the genesis. An
 * apply that no longer parses still loads, as a policy that denies every beginning.
 */
export async function readRulesInForce(
  store: Store,
  tenant: TenantId,
  onFault: OnFault,
): Promise<Policy | null> {
  const row = await store.prisma.policyApply.findFirst({
    where: { tenant },
    orderBy: { serial: 'desc' },
    select: { digest: true, organisation: true, bundle: true },
  });
  if (row === null) return null;
  const organisation = Organisation.safeParse(row.organisation);
  if (!organisation.success) onFault(organisation.error);
  return loadPolicy({
    bundle: row.bundle,
    organisation: organisation.data ?? NOBODY,
    digest: row.digest,
    onFault,
  });
}

/**
 * The first apply: a ledgered genesis, decided by the very policy it brings. `auditorToken` is the SHA-256 of the first
 * auditor's token, so that the ledger can be read from its first entry on.
 */
export async function applyGenesis(
  store: Store,
  genesis: {
    tenant: TenantId;
    at: Date;
    files: PolicyFiles;
    auditorToken: { digest: string; label: string; expiresAt: Date };
    /** The last good checkpoint of a log whose key was stolen: the new log's first entry commits to it. */
    succeeds?: { origin: string; size: number; root: Buffer } | null;
  },
) {
  const { tenant, at, files, auditorToken, succeeds = null } = genesis;
  const applied = await store.prisma.policyApply.findFirst({
    where: { tenant },
    orderBy: { serial: 'desc' },
    select: { digest: true },
  });
  const policy = await loadPolicy(files);
  const decision = policy.decide('organisation/decision', {
    action: 'apply',
    applied: applied?.digest ?? null,
    digest: files.digest,
  });
  const actor = { process: 'genesis' };
  const data = {
    digest: files.digest,
    people: files.organisation.people.length,
    systems: files.organisation.systems.length,
  };
  if (!isEffect(decision, 'allow'))
    return refuse(store, {
      tenant,
      at,
      decision: isEffect(decision, 'require_hitl')
        ? refusal('organisation.unclear', 'Policy gave no clear answer.')
        : decision,
      event: { type: 'organisation.apply_refused', requestId: null, actor, data },
    });
  return commit(store, {
    tenant,
    at,
    decision,
    event: {
      type: 'organisation.applied',
      requestId: null,
      actor,
      data: {
        ...data,
        auditor: auditorToken.label,
        ...(succeeds === null ? {} : { succeeds: { ...succeeds, root: succeeds.root.toString('hex') } }),
      },
    },
    changes: [],
    apply: { serial: 1, digest: files.digest, organisation: files.organisation, bundle: files.bundle },
    auditorTokens: [auditorToken],
  });
}
