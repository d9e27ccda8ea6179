import { ok } from '../../core/outcome.js';
import { oblige } from '../../policy/index.js';
import type { Stop, VerbContext } from '../define.js';
import { stopSentence } from '../stop-words.js';
import { machine } from './machine.js';
import type { TokenRequest } from './schemas.js';
import { transition } from './stored.js';

export const stops = ({ state }: TokenRequest): boolean =>
  state === 'issued' || machine.next(state, 'stop') !== null;

/** A token in force is revoked, one not yet made never is; what is over is left as it is, so this repeats safely. */
export async function stop(context: VerbContext, request: TokenRequest, because: Stop) {
  const now = context.clock.now();
  const at = now.toISOString();
  const { by, reason } = because;
  const { token } = request.details;
  const rest = {
    dueAt: null,
    at: now,
    decision: oblige({
      rule: `auditor-token.${reason}`,
      message: 'The token may not be used.',
      basis: { request: request.id, reason, by },
    }),
  };
  const actor = by ?? { process: 'worker' };
  if (request.state === 'issued' && token !== null)
    return transition(context, request, {
      ...rest,
      on: 'revoke',
      details: { ...request.details, revoked: { by, at } },
      event: { type: 'auditor-token.revoked', actor, data: { digest: token.digest, reason } },
      revokeTokens: [token.digest],
    });
  if (machine.next(request.state, 'stop') === null) return ok(null);
  return transition(context, request, {
    ...rest,
    on: 'stop',
    details: { ...request.details, decided: { by, at, reason: stopSentence(because) } },
    event: { type: 'auditor-token.stopped', actor, data: { reason } },
  });
}
