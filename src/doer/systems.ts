import type { Logger } from 'pino';
import type { ScopePlace, TargetConnector, TargetSession } from '../connectors/connector.js';
import type { Clock } from '../core/clock.js';
import { CountersignError } from '../core/errors.js';
import type { CredentialBroker, Sweep } from '../credentials/index.js';
import { codeOf } from './failure.js';
import type { LeaseTrace, LeaseUse } from './leases.js';
import type { TargetSystem } from './targets.js';

/** The targets this doer serves, each behind a lease. */
export interface Systems {
  names(): readonly string[];
  /** Undefined for a system or scope that the targets file does not have. */
  find(system: string): TargetSystem | undefined;
  /**
   * Runs `work` in a session under a lease of its own, where `place` is or, without one, anywhere. The session is closed
   * before the lease is revoked, since it would outlive the login (rule 10). The answers about its `uses` tell of the
   * lease; a look of our own has none. Throws `target_unreachable` or `target_refused`.
   */
  withSession<T>(
    system: string,
    given: { place: ScopePlace | null; uses: readonly LeaseUse[] },
    work: (session: TargetSession) => Promise<T>,
  ): Promise<T>;
  /** Ends the leases of doers that died. */
  sweepLeases(system: string): Promise<Sweep>;
}

/** The way into targets of one kind: whose leases its connector takes is between the two of them. */
export interface Door {
  lease(system: string): Promise<{
    id: string;
    open(place: ScopePlace | null): Promise<TargetSession>;
    revoke(): Promise<void>;
  }>;
  sweep(system: string): Promise<Sweep>;
}

export const doorOf = <Login>(connector: TargetConnector<Login>, broker: CredentialBroker<Login>): Door => ({
  async lease(system) {
    const lease = await broker.lease(system);
    return {
      id: lease.id,
      open: (place) => connector.open(lease.login, place),
      revoke: () => lease.revoke(),
    };
  },
  sweep: (system) => broker.sweep(system),
});

export function serveSystems(options: {
  targets: Readonly<Record<string, TargetSystem>>;
  doors: Readonly<Record<TargetSystem['kind'], Door>>;
  clock: Clock;
  /** Hears of each lease when it is over. */
  onLease: (uses: readonly LeaseUse[], lease: LeaseTrace) => void;
  log: Pick<Logger, 'warn'>;
}): Systems {
  const { targets, doors, log } = options;
  const doorTo = (system: string): Door => {
    const target = targets[system];
    if (!target) throw new CountersignError('target_refused', 'There is no such target.', { detail: system });
    return doors[target.kind];
  };
  const now = (): string => options.clock.now().toISOString();
  const report = (system: string, what: string) => (error: unknown) => {
    log.warn({ system, code: codeOf(error) }, what);
    return null;
  };
  return {
    names: () => Object.keys(targets),
    find: (system) => targets[system],
    sweepLeases: (system) => doorTo(system).sweep(system),
    async withSession(system, { place, uses }, work) {
      const lease = await doorTo(system).lease(system);
      const issuedAt = now();
      try {
        const session = await lease.open(place);
        try {
          return await work(session);
        } finally {
          await session.close().catch(report(system, 'doer: session not closed cleanly'));
        }
      } finally {
        // What was done stands; a lease that could not be proved gone is swept once it has lapsed.
        const revokedAt = await lease
          .revoke()
          .then(now, report(system, `doer: lease ${lease.id} not revoked`));
        options.onLease(uses, { id: lease.id, issuedAt, revokedAt });
      }
    },
  };
}
