import { defineCapability } from '../define.js';
import { home } from './home.js';
import { due } from './jobs.js';
import { sample } from './sample.js';
import { slack } from './slack.js';
import { kind } from './stored.js';
import { gist, surfaces } from './views.js';

/** Everything an account asked and approved since a time: what is open is ended, all of it is judged again. */
export const recall = defineCapability({
  ...kind,
  due,
  home,
  surfaces,
  gist,
  slack,
  sample,
});
