import { absence } from './absence/index.js';
import { auditorToken } from './auditor-token/index.js';
import { breakGlass } from './break-glass/index.js';
import type { Capability } from './define.js';
import { elevation } from './elevation/index.js';
import { erasure } from './erasure/index.js';
import { freeze } from './freeze/index.js';
import { recall } from './recall/index.js';
import { window } from './window/index.js';

/** Everything Countersign can do. The edges loop over this and know no capability by name. */
export const capabilities: readonly Capability[] = [
  elevation,
  window,
  breakGlass,
  auditorToken,
  absence,
  freeze,
  recall,
  erasure,
];

export type {
  AlertSink,
  Capability,
  ChannelName,
  Directory,
  HomeItem,
  Names,
  SlackAnswer,
  SlackCall,
  SlackHandlers,
  Surface,
  VerbContext,
} from './define.js';
