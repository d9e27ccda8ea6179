import { defineCapability } from '../define.js';
import { freezeBecause } from './freeze-because.js';
import { home } from './home.js';
import { due } from './jobs.js';
import { sample } from './sample.js';
import { slack } from './slack.js';
import { kind } from './stored.js';
import { gist, surfaces } from './views.js';

/** All power taken from an account at once, by one person; given back by two. */
export const freeze = defineCapability({
  ...kind,
  due,
  freeze: freezeBecause,
  home,
  surfaces,
  gist,
  slack,
  sample,
});
