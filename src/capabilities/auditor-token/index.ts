import { defineCapability } from '../define.js';
import { home } from './home.js';
import { due } from './jobs.js';
import { sample } from './sample.js';
import { slack } from './slack.js';
import { stop, stops } from './stop.js';
import { kind } from './stored.js';
import { unvote } from './unvote.js';
import { gist, surfaces } from './views.js';

/** A token that reads the ledger's entries: asked, countersigned, shown once, expired or revoked. */
export const auditorToken = defineCapability({
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
