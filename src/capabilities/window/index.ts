import { defineCapability } from '../define.js';
import { home } from './home.js';
import { due } from './jobs.js';
import { sample } from './sample.js';
import { slack } from './slack.js';
import { stop, stops } from './stop.js';
import { kind } from './stored.js';
import { gist, surfaces } from './views.js';

/** Access approved beforehand: for named people, so many times, until then. The only approval that nobody gives at once. */
export const window = defineCapability({
  ...kind,
  due,
  stop,
  stops,
  home,
  surfaces,
  gist,
  slack,
  sample,
});
