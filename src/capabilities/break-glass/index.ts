import { defineCapability } from '../define.js';
import { stop, stops } from './end.js';
import { exportReview } from './export.js';
import { home } from './home.js';
import { due } from './jobs.js';
import { childStates } from './machine.js';
import { sample } from './sample.js';
import { settle } from './settle.js';
import { slack } from './slack.js';
import { kind } from './stored.js';
import { fromLedger } from './timeline-view.js';
import { told } from './told.js';
import { gist, surfaces } from './views.js';

/** An emergency credential in seconds, and a loop that closes itself: alerted, rotated, justified, reviewed. */
export const breakGlass = defineCapability({
  ...kind,
  childStates,
  due,
  settle,
  stop,
  stops,
  told,
  home,
  documents: { path: 'reviews', read: exportReview },
  surfaces,
  fromLedger,
  gist,
  slack,
  sample,
});
