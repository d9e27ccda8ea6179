import { storedAs } from '../stored.js';
import { machine } from './machine.js';
import { Details, eventTypes } from './schemas.js';

export const NAME = 'erasure';
export const ENTRYPOINT = 'erasure/decision';

export const { list, onCurrent, transition } = storedAs({
  name: NAME,
  machine,
  details: Details,
  eventTypes,
});

/** Held from the asking to the end of it, so that a person is erased once at a time. */
export const erasureHandle = (person: string): string => `erasure:${person}`;
