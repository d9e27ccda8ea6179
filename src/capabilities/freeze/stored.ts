import { storedAs } from '../stored.js';
import { machine } from './machine.js';
import { Details, eventTypes } from './schemas.js';

export const NAME = 'freeze';
export const ENTRYPOINT = 'freeze/decision';

export const kind = { name: NAME, entrypoint: ENTRYPOINT, machine, details: Details, eventTypes };

export const { onCurrent, transition, openingOf } = storedAs(kind);
