import { canonicalJson, type Json, sha256Hex } from '../core/canonical.js';
import { CountersignError } from '../core/errors.js';
import { type Decision, mint } from './decision.js';
import { policyDigest } from './digest.js';
import type { Organisation } from './organisation/schema.js';
import { loadRules, type Rules } from './wasm.js';

export type Answered = Decision<'allow' | 'deny' | 'require_hitl' | 'block'>;

export interface Policy {
  readonly digest: string;
  readonly organisation: Organisation;
  /** Asks one entrypoint, e.g. `elevation/decision`. Never throws: whatever goes wrong is a denial (rule 2). */
  decide(entrypoint: string, facts: Json): Answered;
}

export interface LoadOptions {
  /** The compiled wasm, as committed in `policies/compiled/` or as applied; empty where there is none. */
  bundle: Uint8Array;
  organisation: Organisation;
  /** What was applied. A bundle or an organisation that it does not cover denies everything. */
  digest: string;
  /** Told why decisions are denials: once when loading fails, and at each evaluation that fails. */
  onFault?: (fault: unknown) => void;
}

/** Loads a policy. One that is missing, corrupt or not the applied one still loads, denies every beginning and says so. */
export async function loadPolicy({
  bundle,
  organisation,
  digest,
  onFault = () => {},
}: LoadOptions): Promise<Policy> {
  const rules = await load(bundle, organisation, digest).catch((fault: unknown) => {
    onFault(fault);
    return null;
  });
  return {
    digest,
    organisation,
    decide(entrypoint, facts) {
      let input = 'null';
      try {
        input = canonicalJson(facts);
        if (rules !== null) return decided(rules, entrypoint, input, digest);
      } catch (fault) {
        onFault(fault);
      }
      return unavailable(input, digest);
    },
  };
}

async function load(bundle: Uint8Array, organisation: Organisation, digest: string): Promise<Rules> {
  if (policyDigest(bundle, organisation) !== digest)
    throw new CountersignError(
      'policy.digest_mismatch',
      'The stored policy is not the one that was applied.',
    );
  return loadRules(bundle);
}

function decided(rules: Rules, entrypoint: string, input: string, digest: string): Answered {
  const answer = rules.ask(entrypoint, input);
  return mint({ ...answer, policyDigest: digest, inputDigest: sha256Hex(input), input });
}

const unavailable = (input: string, digest: string): Decision<'deny'> =>
  mint({
    effect: 'deny',
    reasons: [
      {
        rule: 'policy.unavailable',
        message: 'Access rules cannot be read right now. Try again soon, or tell security.',
      },
    ],
    approvers: null,
    obligations: [],
    policyDigest: digest,
    inputDigest: sha256Hex(input),
    input,
  });
