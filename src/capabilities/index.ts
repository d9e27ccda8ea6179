import { absence } from './absence/index.js';
import { auditorToken } from './auditor-token/index.js';
import { breakGlass } from './break-glass/index.js';
import type { Capability, Others } from './define.js';
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

/** A request of a capability that is no longer there is a defect and throws. */
const ownerOf = ({ capability, id }: { capability: string; id: string }): Capability => {
  const owner = capabilities.find((each) => each.name === capability);
  if (owner === undefined) throw new TypeError(`nobody knows the capability of ${id}`);
  return owner;
};

export const others: Others = {
  stops: (request, because) => ownerOf(request).stops?.(request, because) ?? false,
  gist: (request, names) => ownerOf(request).gist(request, names),
};

export type {
  AlertSink,
  Capability,
  ChannelName,
  Directory,
  HomeItem,
  Names,
  Others,
  SlackAnswer,
  SlackCall,
  SlackHandlers,
  Surface,
  VerbContext,
} from './define.js';
