import { storedAs } from '../stored.js';
import { machine } from './machine.js';
import { Details, eventTypes } from './schemas.js';

export const NAME = 'elevation';

export const { list, onCurrent, transition } = storedAs({
  name: NAME,
  machine,
  details: Details,
  eventTypes,
});
