import { PrismaPg } from '@prisma/adapter-pg';
import { Pool } from 'pg';
import type { Pseudonyms, SubjectKeys } from '../ledger/index.js';
import { PrismaClient } from './generated/client.js';

/** Postgres as a gatekeeper sees it: Prisma for reads, one statement on the same pool for the write door. */
export interface Store {
  readonly pool: Pool;
  readonly prisma: PrismaClient;
  readonly pseudonyms: Pseudonyms;
  readonly subjectKeys: SubjectKeys;
  close(): Promise<void>;
}

export interface StoreOptions {
  databaseUrl: string;
  /** Connections at the most; 16 carried 64 callers when measured. */
  max?: number;
  pseudonyms: (pool: Pool) => Pseudonyms;
  subjectKeys: SubjectKeys;
  /** Told of connections lost while idle; the pool replaces them. */
  onConnectionLost?: (error: Error) => void;
}

export function openStore(options: StoreOptions): Store {
  const pool = new Pool({
    connectionString: options.databaseUrl,
    max: options.max ?? 16,
    // adapter-pg misreads timestamptz unless the session is UTC.
    options: '-c TimeZone=UTC -c statement_timeout=10000',
    connectionTimeoutMillis: 5_000,
  });
  pool.on('error', (error) => options.onConnectionLost?.(error));
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  return {
    pool,
    prisma,
    pseudonyms: options.pseudonyms(pool),
    subjectKeys: options.subjectKeys,
    close: async () => {
      await prisma.$disconnect();
      if (!pool.ended) await pool.end();
    },
  };
}
