/** What a lease gives a connector to log in with; credentials/broker.ts makes them. */
export interface TargetLogin {
  host: string;
  port: number;
  user: string;
  password: string;
  executor: string;
  ca: string | null;
}

/** Where a scope lives at the target. */
export interface ScopePlace {
  role: string;
  database: string;
}

/** What a scope may do at the target at this moment. */
export interface ScopeInspection {
  /** In the connector's own words, sorted; must equal the packet's exactly. */
  privileges: readonly string[];
  /** Why a grant of this scope could not be taken back, or could widen: ownership, memberships, default privileges. */
  unclean: readonly string[];
  /** What everybody may do beyond the catalogue, so that a grantee would get it on top of the scope. */
  publicExcess: readonly string[];
}

export interface NewAccount {
  account: string;
  scope: ScopePlace;
  /** In the target's time. */
  validUntil: Date;
  /** Kept at the target beside the account, so that it can be ended by whoever finds it (rule 12). */
  note: string;
}

/** An account as the target describes it. */
export interface AccountState {
  account: string;
  /** The target's own id of it, which sessions carry even after the account is gone. */
  id: string;
  canLogin: boolean;
  validUntil: Date | null;
  /** Everything it is a member of, in the connector's words. */
  memberships: readonly string[];
  /** Attributes no account of ours has, e.g. SUPERUSER. */
  excessAttributes: readonly string[];
  sessions: number;
  note: string | null;
}

/** The read-back of an end (rule 11). Proved means nothing remains. */
export interface EndProof {
  proved: boolean;
  sessionsEnded: number;
  objectsDropped: number;
  /** What is still there, in words for an operator. */
  remains: readonly string[];
}

/** A session at the target under one lease. Every write repeats safely. */
export interface TargetSession {
  /** The target's clock at this moment. */
  readClock(): Promise<Date>;
  inspectScope(scope: ScopePlace): Promise<ScopeInspection>;
  readAccount(account: string): Promise<AccountState | null>;
  /** Every account of ours: live, forgotten or resurrected. */
  listAccounts(): Promise<readonly AccountState[]>;
  /** Makes the account without a password; does nothing when it is there. Atomic: all of it or nothing. */
  createAccount(account: NewAccount): Promise<void>;
  /** Gives the account a new password, which kills the old one; the target learns only a verifier. */
  setPassword(account: string, password: string): Promise<void>;
  /** Ends sessions, everything the account owns, and the account; `id` finds sessions of one already gone. */
  endAccount(account: string, options: { id: string | null; scope: ScopePlace | null }): Promise<EndProof>;
  /** Ends the sessions of a standing login (after its password was changed); gives how many. */
  endSessions(account: string): Promise<{ ended: number; left: number }>;
  /** Must be done before the lease is revoked (rule 10). */
  close(): Promise<void>;
}

/** One kind of target. Every connector passes test/conformance/connectors.test.ts. */
export interface TargetConnector {
  readonly kind: string;
  /** Throws `target_unreachable` or `target_refused`. */
  open(login: TargetLogin, database: string): Promise<TargetSession>;
}
