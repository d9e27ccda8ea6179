import { storedAs } from '../stored.js';
import { machine } from './machine.js';
import { Details, eventTypes } from './schemas.js';

export const NAME = 'recall';
export const ENTRYPOINT = 'recall/decision';

export const { list, onCurrent, transition } = storedAs({
  name: NAME,
  machine,
  details: Details,
  eventTypes,
});
