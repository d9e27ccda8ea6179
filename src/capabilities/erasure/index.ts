import { defineCapability } from '../define.js';
import { stop, stops } from './close.js';
import { home } from './home.js';
import { due } from './jobs.js';
import { sample } from './sample.js';
import { slack } from './slack.js';
import { kind } from './stored.js';
import { unvote } from './unvote.js';
import { gist, surfaces } from './views.js';

/** A person's words, and the key that opens them in the ledger, destroyed on the word of two of security. */
export const erasure = defineCapability({
  ...kind,
  due,
  stop,
  stops,
  unvote,
  home,
  surfaces,
  gist,
  slack,
  sample,
});
