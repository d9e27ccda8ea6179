import { storedAs } from '../stored.js';
import { machine } from './machine.js';
import { Details, eventTypes } from './schemas.js';

export const NAME = 'auditor-token';
/** Rego packages know no hyphen. */
export const ENTRYPOINT = 'auditor_token/decision';

export const kind = { name: NAME, entrypoint: ENTRYPOINT, machine, details: Details, eventTypes };

export const { list, onCurrent, transition, openingOf } = storedAs(kind);
