import type { Organisation } from '../../policy/index.js';

/** Every Slack account of a principal, the one messages go to first. */
export const accountsOf = (organisation: Organisation, principal: string): readonly string[] =>
  organisation.people.find((person) => person.id === principal)?.identities.slack ?? [];

/** Where messages to a principal go; null where they have no Slack account. */
export const accountOf = (organisation: Organisation, principal: string): string | null =>
  accountsOf(organisation, principal)[0] ?? null;
