import type { Logger } from 'pino';
import type { ScopePlace, TargetConnector, TargetSession } from '../connectors/connector.js';
import { CountersignError } from '../core/errors.js';
import type { CredentialBroker } from '../credentials/index.js';
import { codeOf } from './failure.js';
import type { TargetSystem } from './targets.js';

/** The targets this doer serves, each behind a lease. */
export interface Systems {
  names(): readonly string[];
  /** Undefined for a system or scope that the targets file does not have. */
  find(system: string): TargetSystem | undefined;
  /**
   * Runs `work` in a session under a lease of its own, where `place` is or, without one, anywhere. The session is closed
   * before the lease is revoked, since it would outlive the login (rule 10). Throws `target_unreachable` or `target_refused`.
   */
  withSession<T>(
    system: string,
    place: ScopePlace | null,
    work: (session: TargetSession) => Promise<T>,
  ): Promise<T>;
  /** Ends the leases of doers that died. */
  sweepLeases(system: string): Promise<readonly string[]>;
}

/** The way into targets of one kind: whose leases its connector takes is between the two of them. */
export interface Door {
  enter(system: string, place: ScopePlace | null): Promise<Entered>;
  sweep(system: string): Promise<readonly string[]>;
}
interface Entered {
  session: TargetSession;
  leaseId: string;
  revoke(): Promise<void>;
}

export const doorOf = <Login>(connector: TargetConnector<Login>, broker: CredentialBroker<Login>): Door => ({
  async enter(system, place) {
    const lease = await broker.lease(system);
    const revoke = (): Promise<void> => lease.revoke();
    try {
      return { session: await connector.open(lease.login, place), leaseId: lease.id, revoke };
    } catch (error) {
      await revoke().catch(() => undefined); // swept once it has lapsed
      throw error;
    }
  },
  sweep: (system) => broker.sweep(system),
});

export function serveSystems(options: {
  targets: Readonly<Record<string, TargetSystem>>;
  doors: Readonly<Record<TargetSystem['kind'], Door>>;
  log: Pick<Logger, 'warn'>;
}): Systems {
  const { targets, doors, log } = options;
  const doorTo = (system: string): Door => {
    const target = targets[system];
    if (!target) throw new CountersignError('target_refused', 'There is no such target.', { detail: system });
    return doors[target.kind];
  };
  return {
    names: () => Object.keys(targets),
    find: (system) => targets[system],
    sweepLeases: (system) => doorTo(system).sweep(system),
    async withSession(system, place, work) {
      const { session, leaseId, revoke } = await doorTo(system).enter(system, place);
      try {
        return await work(session);
      } finally {
        await session
          .close()
          .catch((error: unknown) =>
            log.warn({ system, code: codeOf(error) }, 'doer: session not closed cleanly'),
          );
        // What was done stands; a lease that could not be proved gone is swept once it has lapsed.
        await revoke().catch((error: unknown) =>
          log.warn({ system, lease: leaseId, code: codeOf(error) }, 'doer: lease not revoked'),
        );
      }
    },
  };
}
