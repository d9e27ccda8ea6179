import type { Person } from './schema.js';

/** Whether this account has any power at `at`: not deactivated, and a contractor's statement of work not over. */
export function isActiveAt(person: Person, at: Date): boolean {
  if (!person.active) return false;
  if (person.kind !== 'contractor') return true;
  return at.getTime() <= Date.parse(`${person.statementOfWork.endsAt}T23:59:59.999Z`);
}
