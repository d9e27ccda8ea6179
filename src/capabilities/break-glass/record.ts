import { canonicalDigest } from '../../core/canonical.js';
import type { IncidentRecord, ReviewDetails } from './schemas.js';

/** Every field says something. */
export const isComplete = (record: IncidentRecord): boolean =>
  [record.description, record.impact, record.remediation, record.prevention].every(
    (text) => [...text.trim()].length >= 10,
  );

/** Over what a sign-off agrees to: what is signed is what was read (rule 5). */
export const sealOf = ({ seal, owner, record, drift }: ReviewDetails): string =>
  canonicalDigest({ domain: 'countersign-review-v1', use: seal, owner, record, drift });
