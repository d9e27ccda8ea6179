import { storedAs } from '../stored.js';
import { machine } from './machine.js';
import { Details, eventTypes } from './schemas.js';

export const NAME = 'erasure';
export const ENTRYPOINT = 'erasure/decision';

export const kind = { name: NAME, entrypoint: ENTRYPOINT, machine, details: Details, eventTypes };

export const { list, onCurrent, transition, openingOf } = storedAs(kind);

/** Held from the asking to the end of it, so that a person is erased once at a time. */
export const erasureHandle = (person: string): string => `erasure:${person}`;
