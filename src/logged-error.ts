import { DatabaseError } from 'pg';

const DEEPEST = 4;

/**
 * An error as logs may have it. Postgres and Prisma put rows and arguments into their messages and details, so of theirs
 * only what names the fault is kept.
 */
export function loggedError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  if (error instanceof DatabaseError)
    return { type: 'DatabaseError', code: error.code, routine: error.routine };
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? { code: error.code } : {};
  const why = cause === undefined || depth === DEEPEST ? {} : { cause: loggedError(cause, depth + 1) };
  if (isOfPrisma(name)) return { type: name, ...code, ...why };
  return { type: name, message, ...code, stack, ...why };
}

const isOfPrisma = (name: string): boolean =>
  name.startsWith('PrismaClient') || name.startsWith('DriverAdapter');
