import { inlineWhole } from '../../blocks/index.js';
import type { Names } from '../define.js';
import type { Elevation } from './schemas.js';

/** What access is to, as every message names it. */
export function targetOf({ details: { system, scope } }: Elevation, names: Names): string {
  const [what, where] = [names.scope(system, scope), names.system(system)];
  return `*${inlineWhole(what)}* on *${inlineWhole(where)}*`;
}
