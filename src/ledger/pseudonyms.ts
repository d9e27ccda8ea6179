import type { Pool } from 'pg';
import { z } from 'zod';
import { PrincipalId, type TenantId } from '../core/tenant.js';

/** A random name for a person within one tenant, the only name entries know them by (rule 16). */
export interface Pseudonyms {
  of(tenant: TenantId, principal: PrincipalId): Promise<string>;
}

export const Pseudonym = z.string().regex(/^n_[0-9a-f]{32}$/);

const Row = z.object({ pseudonym: Pseudonym });

/** Asks `ledger.pseudonym`, once a person and process. */
export function createPseudonyms(pool: Pool): Pseudonyms {
  const known = new Map<string, string>();
  return {
    async of(tenant, principal) {
      const key = `${tenant}\0${principal}`;
      const cached = known.get(key);
      if (cached !== undefined) return cached;
      const { rows } = await pool.query('SELECT ledger.pseudonym($1, $2) AS pseudonym', [tenant, principal]);
      const { pseudonym } = Row.parse(rows[0]);
      known.set(key, pseudonym);
      return pseudonym;
    },
  };
}

const Known = z.array(z.object({ pseudonym: Pseudonym, principal: PrincipalId }));

/** Who these pseudonyms are, where that is still known. */
export async function readPrincipals(
  pool: Pool,
  tenant: TenantId,
  pseudonyms: readonly string[],
): Promise<ReadonlyMap<string, PrincipalId>> {
  const { rows } = await pool.query(
    'SELECT pseudonym, principal FROM ledger.ledger_pseudonym WHERE tenant = $1 AND pseudonym = ANY($2)',
    [tenant, pseudonyms],
  );
  return new Map(Known.parse(rows).map(({ pseudonym, principal }) => [pseudonym, principal]));
}
