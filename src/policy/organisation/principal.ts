import type { Person } from './person.js';

/** Whether this account has any power at `at`: not deactivated, and a contractor's statement of work not over. */
export function isActiveAt(person: Person, at: Date): boolean {
  if (!person.active) return false;
  const end = powerEndsAt(person);
  return end === null || at <= end;
}

/** The last moment of a contractor's statement of work; null for whoever has no such end. */
export const powerEndsAt = (person: Person): Date | null =>
  person.kind === 'contractor' ? new Date(`${person.statementOfWork.endsAt}T23:59:59.999Z`) : null;

/** Kinds of system that admit a principal's own account, by the identity it has there; others make an account a grant. */
const ADMITTING = ['okta', 'github'] as const;

/** Whether a grant on a system of this kind admits the subject's own account, rather than making one. */
export const admitsOwnAccounts = (kind: string): boolean => ADMITTING.some((one) => one === kind);

/** This principal's own account on systems of this kind; null where they have none, or such systems make one a grant. */
export function loginAt(person: Person | undefined, kind: string): string | null {
  const identity = ADMITTING.find((one) => one === kind);
  return identity === undefined ? null : (person?.identities[identity] ?? null);
}
