import type { Logger } from 'pino';
import type { TargetConnector, TargetSession } from '../connectors/connector.js';
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
   * Runs `work` in a session under a lease of its own. The session is closed before the lease is revoked, since it would
   * outlive the login (rule 10). Throws `target_unreachable` or `target_refused`.
   */
  withSession<T>(system: string, database: string, work: (session: TargetSession) => Promise<T>): Promise<T>;
  /** Ends the leases of doers that died. */
  sweepLeases(system: string): Promise<readonly string[]>;
}

export function serveSystems(options: {
  targets: Readonly<Record<string, TargetSystem>>;
  connectors: Readonly<Record<TargetSystem['kind'], TargetConnector>>;
  broker: CredentialBroker;
  log: Pick<Logger, 'warn'>;
}): Systems {
  const { targets, connectors, broker, log } = options;
  return {
    names: () => Object.keys(targets),
    find: (system) => targets[system],
    sweepLeases: (system) => broker.sweep(system),
    async withSession(system, database, work) {
      const target = targets[system];
      if (!target)
        throw new CountersignError('target_refused', 'There is no such target.', { detail: system });
      const lease = await broker.lease(system);
      try {
        const session = await connectors[target.kind].open(lease.login, database);
        try {
          return await work(session);
        } finally {
          await session
            .close()
            .catch((error: unknown) =>
              log.warn({ system, code: codeOf(error) }, 'doer: session not closed cleanly'),
            );
        }
      } finally {
        // What was done stands; a lease that could not be proved gone is swept once it has lapsed.
        await lease
          .revoke()
          .catch((error: unknown) =>
            log.warn({ system, lease: lease.id, code: codeOf(error) }, 'doer: lease not revoked'),
          );
      }
    },
  };
}
