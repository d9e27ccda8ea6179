import { defineCapability } from '../define.js';
import { home } from './home.js';
import { due } from './jobs.js';
import { sample } from './sample.js';
import { settle } from './settle.js';
import { slack } from './slack.js';
import { stop, stops } from './stop.js';
import { kind } from './stored.js';
import { unvote } from './unvote.js';
import { gist, surfaces } from './views.js';

/** Just-in-time access to one scope of one system: asked, countersigned, granted, shown, ended, proved gone. */
export const elevation = defineCapability({
  ...kind,
  due,
  settle,
  stop,
  stops,
  unvote,
  home,
  surfaces,
  gist,
  slack,
  sample,
});
