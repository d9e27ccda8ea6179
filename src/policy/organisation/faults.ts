import { CountersignError } from '../../core/errors.js';

export type FaultCode =
  | 'syntax'
  | 'shape'
  | 'unexpected_file'
  | 'unknown_reference'
  | 'duplicate_id'
  | 'duplicate_identity'
  | 'shared_account'
  | 'too_few_approvers'
  | 'no_working_hours'
  | 'no_connector'
  | 'no_break_glass';

/** One thing wrong with the organisation's files. */
export interface Fault {
  code: FaultCode;
  file: string;
  /** From 1. */
  line: number;
  message: string;
}

/** The organisation cannot be used; `faults` names everything wrong with it at once. */
export class OrganisationError extends CountersignError<'organisation.invalid'> {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const lines = faults.map(({ file, line, message }) => `${file}:${line}: ${message}`);
    super('organisation.invalid', lines.join('\n'));
    this.name = 'OrganisationError';
    this.faults = faults;
  }
}
