/** How a connector logs in to a database for as long as a lease lasts. */
export interface LeaseLogin {
  host: string;
  port: number;
  /** Any database it may connect to. */
  database: string;
  user: string;
  password: string;
  /** The NOLOGIN role that a session takes on; the lease's own login may do nothing. */
  executor: string;
  /** PEM of the authority the target's certificate must come from; null for a plain connection. */
  ca: string | null;
}

/** How a connector calls an HTTP API for as long as a lease lasts. */
export interface LeaseToken {
  url: string;
  token: string;
}

export interface Lease<Login> {
  readonly id: string;
  readonly login: Login;
  /** Ends the login and whatever session it left behind. Throws `lease_unproven` when that cannot be shown. */
  revoke(): Promise<void>;
}

/** Where credentials for a target come from (rule 10). What can mint them never leaves the broker. */
export interface CredentialBroker<Login> {
  /** A login good for LEASE_SECONDS. Throws `target_unreachable` or `target_refused`. */
  lease(system: string): Promise<Lease<Login>>;
  /** Ends what crashed holders of leases left behind. */
  sweep(system: string): Promise<Sweep>;
}

/** Ids of leases. */
export interface Sweep {
  ended: readonly string[];
  /** Those that could not be proved gone. */
  left: readonly string[];
}

export const LEASE_SECONDS = 60;
