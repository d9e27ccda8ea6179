import { turns } from '../core/turns.js';
import type { Membership } from './grant-record.js';

/** Runs work on one membership while nobody else does, this doer or another. */
export type Alone = <T>(member: Membership, act: Act<T>) => Promise<T>;
interface Act<T> {
  /** A beginning must be alone. An end does without the others where our database is away or they take too long. */
  kind: 'begin' | 'end';
  work: () => Promise<T>;
}

/** `lock` gives the release of a lock that all doers share, and throws where it cannot be had. */
export function oneAtATime(lock: (name: string) => Promise<() => void>): Alone {
  const inTurn = turns();
  return (member, { kind, work }) => {
    const name = `${member.handle} ${member.login}`;
    return inTurn(name, async () => {
      const release = await lock(name).catch((error: unknown) => {
        if (kind === 'begin') throw error;
        return () => undefined;
      });
      try {
        return await work();
      } finally {
        release();
      }
    });
  };
}
