import { randomUUID } from 'node:crypto';
import { CountersignError } from '../core/errors.js';
import type { CredentialBroker, LeaseToken } from './broker.js';
import { openRoot, type RootCredential, type SealedKey, type SealedStore } from './sealed-store.js';

/** Where an HTTP API is; `installation` is GitHub's number for the app in one organisation. */
export interface TokenTarget {
  url: string;
  installation?: number;
}

/** How one vendor makes a token that may do what a connector does and no more, and takes it back. */
export interface TokenVendor {
  mint(target: TokenTarget, root: RootCredential): Promise<string>;
  revoke(target: TokenTarget, root: RootCredential, token: string): Promise<void>;
}

/**
 * A token a lease, made from a private key that never leaves this room and revoked when the lease is over. Both vendors
 * let a token live for an hour at the least, so one that a killed doer left behind lives that long: nothing can sweep it.
 */
export function tokenBroker(options: {
  key: SealedKey;
  readStore: () => SealedStore;
  targets: Readonly<Record<string, TokenTarget>>;
  vendor: TokenVendor;
}): CredentialBroker<LeaseToken> {
  return {
    async lease(system) {
      const target = options.targets[system];
      if (!target)
        throw new CountersignError('unknown_system', 'There is no such target.', { detail: system });
      const root = (): RootCredential => openRoot(options.readStore(), options.key, system);
      const token = await options.vendor.mint(target, root());
      return {
        id: `token-${randomUUID()}`,
        login: { url: target.url, token },
        revoke: () => options.vendor.revoke(target, root(), token),
      };
    },
    sweep: async () => ({ ended: [], left: [] }),
  };
}
