import { ok } from '../../core/outcome.js';
import { oblige } from '../../policy/index.js';
import type { Stop, VerbContext } from '../define.js';
import { stopSentence } from '../stop-words.js';
import { machine } from './machine.js';
import type { WindowRequest } from './schemas.js';
import { transition } from './stored.js';

export const stops = ({ state }: WindowRequest): boolean => machine.next(state, 'stop') !== null;

/**
 * Whose word it rests on has no power any more, or must not have had: nothing more passes, and what passed ends, since
 * nobody else ever looked at it. What is over is left as it is, so this repeats safely.
 */
export async function stop(context: VerbContext, request: WindowRequest, because: Stop) {
  if (!stops(request)) return ok(null);
  const now = context.clock.now();
  const { by, reason } = because;
  const closed = { by, at: now.toISOString(), why: stopSentence(because) };
  return transition(context, request, {
    on: 'stop',
    details: { ...request.details, closed },
    dueAt: null,
    at: now,
    decision: oblige({
      rule: `window.${reason}`,
      message: 'The window may let nobody in.',
      basis: { request: request.id, reason, by },
    }),
    event: {
      type: 'window.stopped',
      actor: by ?? { process: 'worker' },
      data: { reason, state: request.state, used: request.details.used.length },
    },
    effects: request.details.used.map((use) => ({ kind: 'stop', requestId: use.request, because })),
  });
}
