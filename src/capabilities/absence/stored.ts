import { storedAs } from '../stored.js';
import { machine } from './machine.js';
import { Details, eventTypes } from './schemas.js';

export const ENTRYPOINT = 'absence/decision';

export const kind = { name: 'absence', entrypoint: ENTRYPOINT, machine, details: Details, eventTypes };

export const { list, onCurrent, transition, openingOf } = storedAs(kind);
