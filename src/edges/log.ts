import type { Logger } from 'pino';

/** What edges log with; pino writes JSON lines to stderr. Objects logged carry ids and codes, never bodies or secrets. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
