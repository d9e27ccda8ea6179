import type { Organisation } from '../../policy/index.js';

export const accountOf = (organisation: Organisation, principal: string): string | null =>
  organisation.people.find((person) => person.id === principal)?.identities.slack?.[0] ?? null;
