import { storedAs } from '../stored.js';
import { machine } from './machine.js';
import { Details, eventTypes } from './schemas.js';

export const ENTRYPOINT = 'recall/decision';

export const kind = { name: 'recall', entrypoint: ENTRYPOINT, machine, details: Details, eventTypes };

export const { list, onCurrent, transition, openingOf } = storedAs(kind);
