import type { VerbContext } from '../define.js';
import { refuseAct as refuse } from '../refusals.js';
import type { Glass } from './schemas.js';
import { toldInTimeline } from './stored.js';

/** Ledgers policy's no to what somebody did in a loop, which its review's timeline tells like all else. */
export const refuseAct = (
  context: VerbContext,
  request: Glass,
  act: Omit<Parameters<typeof refuse>[2], 'effects'>,
) => refuse(context, request, { ...act, effects: [toldInTimeline(request)] });
