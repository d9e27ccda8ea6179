import { defineCapability } from '../define.js';
import { home } from './home.js';
import { due } from './jobs.js';
import { sample } from './sample.js';
import { slack } from './slack.js';
import { stop, stops } from './stop.js';
import { kind } from './stored.js';
import { gist, surfaces } from './views.js';

/** An approver is away and says who is asked meanwhile, among those who may approve anyway. */
export const absence = defineCapability({
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
