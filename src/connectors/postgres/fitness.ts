import type pg from 'pg';
import { z } from 'zod';
import { selectRows } from './session.js';

/**
 * With these an account is a superuser in all but name, or keeps us from ending it: it ends our sessions, or locks or
 * changes who may log in (through views of the catalogue, which their owner may write).
 */
export const POWERS_OVER_US = [
  'pg_signal_backend',
  'pg_maintain',
  'pg_write_all_data',
  'pg_read_server_files',
  'pg_write_server_files',
  'pg_execute_server_program',
] as const;

/** Why a use of the break-glass account might not be ended, in words; whoever is a superuser needs no such means. */
export async function readUnfitness(client: pg.Client, account: string): Promise<string[]> {
  const rows = await selectRows(
    client,
    z.object({ word: z.string() }),
    `WITH account AS (SELECT * FROM pg_roles WHERE rolname = $1)
     SELECT 'NO CONNECTION LIMIT' AS word FROM account WHERE rolconnlimit < 0
     UNION ALL SELECT 'MEMBER OF ' || r.rolname FROM account a JOIN pg_roles r ON pg_has_role(a.oid, r.oid, 'MEMBER')
       WHERE NOT a.rolsuper AND r.rolname = ANY($2)
     UNION ALL SELECT 'MAY BECOME ' || r.rolname FROM account a JOIN pg_roles r ON pg_has_role(a.oid, r.oid, 'SET')
       WHERE NOT a.rolsuper AND r.oid <> a.oid`,
    [account, POWERS_OVER_US],
  );
  return rows.map((row) => row.word);
}
