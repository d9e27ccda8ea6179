import type { IncidentRecord } from './schemas.js';

/** Every field says something. */
export const isComplete = (record: IncidentRecord): boolean =>
  [record.description, record.impact, record.remediation, record.prevention].every(
    (text) => [...text.trim()].length >= 10,
  );
