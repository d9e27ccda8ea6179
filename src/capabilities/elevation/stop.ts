import { ok } from '../../core/outcome.js';
import { oblige } from '../../policy/index.js';
import type { Stop, VerbContext } from '../define.js';
import { stopSentence } from '../stop-words.js';
import { askEnd } from './ask-end.js';
import { machine } from './machine.js';
import type { Elevation } from './schemas.js';
import { transition } from './stored.js';

export const stops = ({ state }: Elevation): boolean =>
  machine.next(state, 'end') !== null || machine.next(state, 'stop') !== null;

/**
 * Nobody's leave is asked (rule 2). What has not begun is closed; what may have touched the target is ended and proved;
 * what is ending or over is left as it is, so this repeats safely.
 */
export function stop(context: VerbContext, request: Elevation, because: Stop) {
  if (!stops(request)) return Promise.resolve(ok(null));
  const now = context.clock.now();
  const { by, reason } = because;
  if (machine.next(request.state, 'end') !== null) return askEnd(context, request, { now, reason, by });
  return transition(context, request, {
    on: 'stop',
    details: {
      ...request.details,
      decided: { by, at: now.toISOString(), reason: null },
      failure: stopSentence(because),
    },
    dueAt: null,
    at: now,
    decision: oblige({
      rule: `elevation.${reason}`,
      message: 'The request may not go on.',
      basis: { request: request.id, reason, by },
    }),
    event: { type: 'elevation.stopped', actor: by ?? { process: 'worker' }, data: { reason } },
  });
}
