/** What a lease gives a connector of databases to log in with; credentials/broker.ts makes them. */
export interface TargetLogin {
  host: string;
  port: number;
  /** Where to be when it is about no scope. */
  database: string;
  user: string;
  password: string;
  executor: string;
  ca: string | null;
}

/** What a lease gives a connector of an HTTP API. */
export interface TargetToken {
  url: string;
  token: string;
}

/** Where a scope lives at the target. */
export interface ScopePlace {
  /** The role, group or team that holds the privileges. */
  role: string;
  /** Null where the target has no databases. */
  database: string | null;
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
  /** A name of our making, or the subject's own login where the target admits those. */
  account: string;
  scope: ScopePlace;
  /** In the target's time. */
  validUntil: Date;
  /** Kept at the target beside an account of our making, so that it can be ended by whoever finds it (rule 12). */
  note: string;
}

/** An account as the target describes it, as far as it is in the scope. */
export interface AccountState {
  account: string;
  /** The target's own id of it: sessions carry it even after the account is gone, and it outlives a new name. */
  id: string;
  canLogin: boolean;
  /** Null where the target cannot keep an end by itself. */
  validUntil: Date | null;
  /** Everything of ours it is a member of, in the connector's words. */
  memberships: readonly string[];
  /** Attributes no account of ours has, e.g. SUPERUSER. */
  excessAttributes: readonly string[];
  sessions: number;
  note: string | null;
}

/** Of one session and no other, ever: one that takes its time to die is told to go more than once, and ends once. */
export type SessionId = string;

/** The read-back of an end (rule 11). Proved means nothing remains. */
export interface EndProof {
  proved: boolean;
  /** Null where the target ends sessions without naming them. */
  sessionsEnded: readonly SessionId[] | null;
  objectsDropped: number;
  /** What is still there, in words for an operator. */
  remains: readonly string[];
  /** What was looked for and how it was found; goes into the receipt, so it names nobody. */
  readBack: Readonly<Record<string, string | number>>;
}

export interface EndedSessions {
  ended: readonly SessionId[];
  left: number;
}

/** What a kind of target must offer for standing accounts that are opened in emergencies. */
export interface BreakGlassSession {
  /** Why a use of the account might not be ended, beside its being a superuser; in the connector's words. */
  readUnfitness(account: string): Promise<readonly string[]>;
  /** New password, login until then: one statement, so that no earlier password ever works beside a new end. */
  openAccount(account: string, opening: { password: string; validUntil: Date }): Promise<void>;
  /** No login any more, an end in the past, and no session. */
  closeAccount(account: string): Promise<EndedSessions>;
  /** Logs in as a person would: `accepted`, or the target's own code for its refusal. */
  tryLogin(account: string, password: string, database: string): Promise<string>;
  /**
   * Everything that can persist at the target, a line each, sorted: grants and leases of ours left out, and whether
   * `accounts` may log in.
   */
  takeSnapshot(accounts: readonly string[]): Promise<readonly string[]>;
}

/** A session at the target under one lease. Every write repeats safely. */
export interface TargetSession {
  /** The target's clock at this moment. */
  readClock(): Promise<Date>;
  inspectScope(scope: ScopePlace): Promise<ScopeInspection>;
  /** Null when there is no such account, or it is not in the scope. */
  readAccount(account: string, scope: ScopePlace | null): Promise<AccountState | null>;
  /**
   * Makes the account without a password, or lets the subject's own in; does nothing when that is done. All of it or
   * nothing.
   */
  createAccount(account: NewAccount): Promise<void>;
  /** Takes all of it back; `id` finds what outlived the account or its name. */
  endAccount(account: string, options: { id: string | null; scope: ScopePlace | null }): Promise<EndProof>;
  /** What only a target has whose accounts are of our making. */
  readonly own: OwnAccounts | null;
  /** Absent where this kind of target has no break-glass accounts. */
  readonly breakGlass?: BreakGlassSession;
  /** Must be done before the lease is revoked (rule 10). */
  close(): Promise<void>;
}

export interface OwnAccounts {
  /** Every account of ours: live, forgotten or resurrected. */
  list(): Promise<readonly AccountState[]>;
  /**
   * No login any more, and every session of theirs told to go, for all of them at once: none waits until those before it
   * are proved ended. Gives the sessions that each had. Proves nothing, and leaves out what is not there: `endAccount`
   * follows for each.
   */
  shut(accounts: readonly string[]): Promise<ReadonlyMap<string, readonly SessionId[]>>;
  /** Gives the account a new password, which kills the old one; the target learns only a verifier. */
  setPassword(account: string, password: string): Promise<void>;
  /** Gives a standing login a new password, and ends its sessions. */
  changePassword(account: string, password: string): Promise<EndedSessions>;
}

/** One kind of target. Every connector passes test/conformance/connectors.test.ts. */
export interface TargetConnector<Login> {
  readonly kind: string;
  /** Throws `target_unreachable` or `target_refused`. */
  open(login: Login, place: ScopePlace | null): Promise<TargetSession>;
}
