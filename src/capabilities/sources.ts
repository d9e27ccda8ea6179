import type { CodeSource } from '../core/change.js';

/**
 * Read-only facts from outside, each behind its own `connectors/<system>/read.ts` and absent where none is configured.
 * What cannot be had counts as the stricter answer (rule 15), so no source ever throws into a verb.
 */
export interface Sources {
  readonly onCall?: OnCallSource;
  /** Who had a part in what would be deployed. */
  readonly code?: CodeSource;
  readonly tickets?: TicketSource;
}

/** Email addresses of who is on call now, first tier only; null where that is unknown. It orders people and adds none. */
export type OnCallSource = (escalationPolicy: string) => Promise<readonly string[] | null>;

export interface TicketSource {
  /** `unknown`: no such ticket, or the tracker did not say. */
  status(ticket: string): Promise<'open' | 'closed' | 'unknown'>;
}
