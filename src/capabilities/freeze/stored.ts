import { storedAs } from '../stored.js';
import { machine } from './machine.js';
import { Details, eventTypes } from './schemas.js';

export const NAME = 'freeze';
export const ENTRYPOINT = 'freeze/decision';

export const { onCurrent, transition } = storedAs({ name: NAME, machine, details: Details, eventTypes });
