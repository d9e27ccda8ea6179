import { storedAs } from '../stored.js';
import { machine } from './machine.js';
import { Details, eventTypes } from './schemas.js';

export const NAME = 'window';
export const ENTRYPOINT = 'window/decision';

export const kind = { name: NAME, entrypoint: ENTRYPOINT, machine, details: Details, eventTypes };

export const { list, onCurrent, transition, openingOf } = storedAs(kind);
