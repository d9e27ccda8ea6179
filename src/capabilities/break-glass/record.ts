import { canonicalDigest } from '../../core/canonical.js';
import type { IncidentRecord, JustificationDetails, ReviewDetails } from './schemas.js';

/** Every field says something. */
export const isComplete = (record: IncidentRecord): boolean =>
  [record.description, record.impact, record.remediation, record.prevention].every(
    (text) => [...text.trim()].length >= 10,
  );

/** Over what a sign-off agrees to: what is signed is what was read (rule 5). */
export const sealOf = ({ seal, owner, record, drift }: ReviewDetails): string =>
  canonicalDigest({ domain: 'countersign-review-v1', use: seal, owner, record, drift });

/** Over what somebody saw when they began to write it: two who write at once do not undo each other. */
export const recordSeal = (record: IncidentRecord): string =>
  canonicalDigest({ domain: 'countersign-review-record-v1', record });

/** Over whose words a confirmation agrees to, and which. */
export const standInSeal = ({ by, at, text }: NonNullable<JustificationDetails['standIn']>): string =>
  canonicalDigest({ domain: 'countersign-stand-in-v1', by, at, text });
