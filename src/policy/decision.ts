import type { Json } from '../core/canonical.js';
import type { PrincipalId } from '../core/tenant.js';

export type Effect = 'allow' | 'deny' | 'require_hitl' | 'block' | 'oblige';

export interface Reason {
  /** Stable id of the rule that spoke, e.g. `elevation.requester_votes`. */
  readonly rule: string;
  /** A public sentence that says what to do. */
  readonly message: string;
}

export interface Approvers {
  readonly needed: number;
  readonly principals: readonly PrincipalId[];
  /** In turn, where policy names them; their `needed` add up to the one above. */
  readonly stages?: readonly { readonly needed: number; readonly principals: readonly PrincipalId[] }[];
}

/** Never exported: nobody else can write its type, and a literal or a spread lacks `#minted`. */
declare class Minted<E extends Effect> {
  private constructor();
  readonly #minted: true;
  readonly effect: E;
  readonly reasons: readonly Reason[];
  /** Who may countersign and how many must; set when the effect is `require_hitl`. */
  readonly approvers: Approvers | null;
  readonly obligations: readonly Json[];
  /** The policy that answered, or `none` where the answer needs no policy (an ending, a refusal before policy). */
  readonly policyDigest: string;
  /** SHA-256 of `input`, lower-case hex. */
  readonly inputDigest: string;
  /** RFC 8785 text of the facts the answer rests on. */
  readonly input: string;
}

/**
 * Policy's answer. Only this folder mints one, so whatever asks for a `Decision` has been through policy. It is frozen to
 * its depth and known by identity: neither a cast nor a copy (JSON, structuredClone, spread) passes `isMinted`.
 */
export type Decision<E extends Effect = Effect> = E extends Effect ? Minted<E> : never;

/** What a decision is made of; a plain value until minted. */
export type Draft<E extends Effect> = Pick<Minted<E>, keyof Minted<E>>;

const minted = new WeakSet<object>();

/** Whether this very object came out of `policy/`. */
export const isMinted = (value: unknown): value is Decision =>
  typeof value === 'object' && value !== null && minted.has(value);

/** Narrows a decision to one effect. */
export const isEffect = <E extends Effect>(
  decision: Decision,
  effect: E,
): decision is Extract<Decision, { effect: E }> => decision.effect === effect;

/** The only minting. Not exported by `policy/index.ts`. */
export function mint<E extends Effect>(draft: Draft<E>): Decision<E> {
  const decision: unknown = deepFreeze({ ...draft });
  enrol<E>(decision);
  return decision;
}

function enrol<E extends Effect>(value: unknown): asserts value is Decision<E> {
  if (typeof value !== 'object' || value === null) throw new TypeError('a decision is an object');
  minted.add(value);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    for (const member of Object.values(value)) deepFreeze<unknown>(member);
  return Object.freeze(value);
}
