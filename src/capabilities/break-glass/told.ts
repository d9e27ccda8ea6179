import { ok } from '../../core/outcome.js';
import { oblige } from '../../policy/index.js';
import type { AlertSink, VerbContext } from '../define.js';
import { machine } from './machine.js';
import type { Glass } from './schemas.js';
import { asUse, onCurrent, transition } from './stored.js';

/** The alert of a use arrived. The first arrival lets the check-out go. */
export async function told(context: VerbContext, { id }: Glass, sink: AlertSink) {
  return onCurrent(context, id, async (request) => {
    if (machine.next(request.state, 'alert_taken') === null) return ok(null);
    const current = asUse(request);
    const { alerts } = current.details;
    if (alerts.some((one) => one.channel === sink)) return ok(null);
    const now = context.clock.now();
    return transition(context, request, {
      on: 'alert_taken',
      details: { ...current.details, alerts: [...alerts, { channel: sink, at: now.toISOString() }] },
      dueAt: request.state === 'alerting' ? now : request.dueAt,
      at: now,
      decision: oblige({
        rule: 'break-glass.alert_taken',
        message: 'A channel took the alert.',
        basis: { request: id, sink },
      }),
      event: { type: 'break-glass.alert_taken', actor: { process: 'worker' }, data: { sink } },
    });
  });
}
