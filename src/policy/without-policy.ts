import { canonicalJson, type Json, sha256Hex } from '../core/canonical.js';
import { type Decision, type Effect, mint, type Reason } from './decision.js';

/** Stands for a policy digest where no rule was asked. */
const NO_POLICY = 'none';

/**
 * The decision of an ending, a receipt or a timeout (rule 2). It asks no wasm and cannot be refused: `basis` is the stored
 * grant or request that obliges us, e.g. `oblige({ rule: 'elevation.expired', message: 'The access ended.', basis: grant })`.
 */
export const oblige = ({
  rule,
  message,
  basis,
}: {
  rule: string;
  message: string;
  basis: Json;
}): Decision<'oblige'> => withoutPolicy('oblige', [{ rule, message }], basis);

/** A refusal before any policy was asked: a malformed input, a state that is final, a rate limit. */
export const refusal = (rule: string, message: string, facts: Json = null): Decision<'deny'> =>
  refusals([{ rule, message }], facts);

/** As `refusal`, for several reasons at once. */
export const refusals = (reasons: readonly Reason[], facts: Json = null): Decision<'deny'> =>
  withoutPolicy('deny', reasons, facts);

function withoutPolicy<E extends Effect>(effect: E, reasons: readonly Reason[], facts: Json): Decision<E> {
  const input = recordable(facts);
  return mint<E>({
    effect,
    reasons,
    approvers: null,
    obligations: [],
    policyDigest: NO_POLICY,
    inputDigest: sha256Hex(input),
    input,
  });
}

/** Facts that have no exact JSON form are recorded as null: an end must not wait for a tidy record (rule 2). */
function recordable(facts: Json): string {
  try {
    return canonicalJson(facts);
  } catch {
    return 'null';
  }
}
