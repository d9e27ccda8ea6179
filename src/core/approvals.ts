import type { PrincipalId } from './tenant.js';

/** One step of a decision: so many of these people say yes before the next is asked. */
export interface Stage {
  needed: number;
  approvers: readonly PrincipalId[];
}

export interface Progress {
  /** Who said yes in each stage, in the order of the stages. */
  filled: readonly (readonly PrincipalId[])[];
  /** The first stage that still needs somebody; null when all have enough. */
  current: number | null;
}

/**
 * Which yes counts where: each, oldest first, in the first stage that still needs somebody and names that person. One
 * person counts once, in one stage. Nothing is stored of this: votes are facts and the state is derived (rule 4).
 */
export function progressOf(stages: readonly Stage[], approvals: readonly PrincipalId[]): Progress {
  const filled = stages.map((): PrincipalId[] => []);
  for (const person of new Set(approvals)) {
    const at = stages.findIndex(
      ({ needed, approvers }, index) => (filled[index]?.length ?? 0) < needed && approvers.includes(person),
    );
    filled[at]?.push(person);
  }
  const current = stages.findIndex(({ needed }, index) => (filled[index]?.length ?? 0) < needed);
  return { filled, current: current === -1 ? null : current };
}
