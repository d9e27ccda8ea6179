import { canonicalDigest, sha256Hex } from '../core/canonical.js';
import type { Organisation } from './organisation/schema.js';

/**
 * What "the policy" is, in 64 hex characters: the compiled rules as they run and the organisation as it was understood.
 * Comments and the order of YAML keys do not move it; anything a decision can rest on does.
 */
export const policyDigest = (bundle: Uint8Array, organisation: Organisation): string =>
  canonicalDigest({
    domain: 'countersign-policy-v1',
    bundle: sha256Hex(bundle),
    organisation: canonicalDigest(organisation),
  });
