import { storedAs } from '../stored.js';
import { machine } from './machine.js';
import { Details, eventTypes } from './schemas.js';

export const NAME = 'elevation';
export const ENTRYPOINT = 'elevation/decision';

export const kind = { name: NAME, entrypoint: ENTRYPOINT, machine, details: Details, eventTypes };

export const { list, onCurrent, transition, openingOf } = storedAs(kind);
