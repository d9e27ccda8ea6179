import { defineCapability } from '../define.js';
import { home } from './home.js';
import { due } from './jobs.js';
import { machine } from './machine.js';
import { sample } from './sample.js';
import { Details, eventTypes } from './schemas.js';
import { slack } from './slack.js';
import { ENTRYPOINT, NAME } from './stored.js';
import { surfaces } from './views.js';

/** Everything an account asked and approved since a time: what is open is ended, all of it is judged again. */
export const recall = defineCapability({
  name: NAME,
  entrypoint: ENTRYPOINT,
  machine,
  details: Details,
  eventTypes,
  due,
  home,
  surfaces,
  slack,
  sample,
});
