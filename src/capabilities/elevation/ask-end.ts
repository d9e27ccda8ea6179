import type { PrincipalId } from '../../core/tenant.js';
import { type Decision, oblige } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { type Ending, endingOf } from './ending.js';
import type { Elevation } from './schemas.js';
import { transition } from './stored.js';

/**
 * Turns a grant towards its end; the worker signs the end packet at once. An ending needs nobody's leave: without a
 * decision of policy it carries the obligation of the grant itself (rule 2).
 */
export function askEnd(
  context: VerbContext,
  request: Elevation,
  ask: {
    now: Date;
    reason: Ending['reason'];
    by: PrincipalId | null;
    why?: string;
    decision?: Decision<'allow'>;
    input?: string;
  },
) {
  const { now, reason, by, why } = ask;
  return transition(context, request, {
    on: 'end',
    details: {
      ...request.details,
      end: endingOf({ reason, by, why, at: now }),
    },
    dueAt: now,
    at: now,
    decision:
      ask.decision ??
      oblige({
        rule: `elevation.${reason}`,
        message: 'The access is over.',
        basis: { request: request.id, grant: request.details.grant },
      }),
    ...(ask.input === undefined ? {} : { input: ask.input }),
    event: {
      type: 'elevation.end_asked',
      actor: by ?? { process: 'worker' },
      personal: why === undefined || by === null ? {} : { why: { subject: by, text: why } },
      data: { reason },
    },
  });
}
