import { addMinutes } from 'date-fns/addMinutes';
import { sha256Hex } from '../../core/canonical.js';
import { newRequestId } from '../../core/ids.js';
import { ok, refused } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import { commit, refuse } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { refuseSecrets } from '../reason.js';
import { clearRefusal } from '../refusals.js';
import { buildFacts } from './facts.js';
import { AwayInput, type Details } from './schemas.js';
import { ENTRYPOINT, openingOf } from './stored.js';

/** Says that an approver is away for a while, and who is asked meanwhile. */
export async function begin(context: VerbContext, ask: { by: PrincipalId; input: string; asked: AwayInput }) {
  const now = context.clock.now();
  const { by, input } = ask;
  const { minutes, delegate, note } = AwayInput.parse(ask.asked);
  const facts = await buildFacts(context, { action: 'begin', now, actor: by, person: by, delegate });
  const decision = refuseSecrets('absence', { note }) ?? context.policy.decide(ENTRYPOINT, facts);
  const event = {
    actor: by,
    ...(delegate === null ? {} : { people: { delegate } }),
    data: { minutes },
  };
  if (!isEffect(decision, 'allow'))
    return refuse(context.store, {
      tenant: context.tenant,
      at: now,
      input,
      decision: clearRefusal(decision, 'absence.unclear'),
      event: { ...event, type: 'absence.refused', requestId: null },
    });
  const id = newRequestId();
  const until = addMinutes(now, minutes);
  const details: Details = { until: until.toISOString(), delegate, note, seal: sha256Hex(id), endedAt: null };
  const committed = await commit(context.store, {
    tenant: context.tenant,
    at: now,
    input,
    decision,
    event: {
      ...event,
      type: 'absence.begun',
      requestId: id,
      personal: { note: { subject: by, text: note } },
    },
    changes: [openingOf({ id, requester: by, subject: by, details, dueAt: until })],
    // One absence a person: two forms sent at once do not both count.
    take: [{ handle: `away:${by}`, holder: id, epoch: 1, exclusive: true }],
  });
  return committed.ok ? ok<{ id: RequestId }>({ id }) : refused(committed.code, committed.message);
}
