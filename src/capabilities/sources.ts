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
  readonly incidents?: IncidentSource;
  /** Since when our own probe has found the identity provider away; null while it answers, or while that is unknown. */
  readonly identityProviderDownSince?: () => Date | null;
}

/** Email addresses of who is on call now, first tier only; null where that is unknown. It orders people and adds none. */
export type OnCallSource = (escalationPolicy: string) => Promise<readonly string[] | null>;

export interface TicketSource {
  /** `unknown`: no such ticket, or the tracker did not say. */
  status(ticket: string): Promise<'open' | 'closed' | 'unknown'>;
}

/**
 * Active SEV-1 incidents on these services that somebody or something other than `except` (an email address) opened or
 * acknowledged, newest first; null where that is unknown.
 */
export type IncidentSource = (ask: {
  services: readonly string[];
  except: string;
}) => Promise<readonly { id: string; title: string; url: string }[] | null>;
