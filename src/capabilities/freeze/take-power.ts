import { canonicalDigest } from '../../core/canonical.js';
import { newRequestId } from '../../core/ids.js';
import { ok, refused } from '../../core/outcome.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { Decision } from '../../policy/index.js';
import { commit } from '../../store/index.js';
import type { Stop, VerbContext } from '../define.js';
import { frozenHandle, holdersOf } from '../principal-facts.js';
import type { Details } from './schemas.js';
import { openingOf } from './stored.js';
import { openRequestsOf, stopOf } from './sweep.js';
import { whatEnds } from './what-ends.js';

interface Freezing {
  person: PrincipalId;
  because: Stop;
  reason: string;
  now: Date;
  decision: Decision<'allow' | 'oblige'>;
  input?: string;
}

/**
 * One commit takes the handle, and from then on policy knows the account as inactive. The same commit tells what is open
 * to stop; what is opened in this very moment is found by the sweep, which is due at once and again.
 */
export async function takePower(context: VerbContext, freezing: Freezing) {
  const { person, because, reason, now, decision, input } = freezing;
  const id = newRequestId();
  const open = await openRequestsOf(context, person);
  const ends = whatEnds(context, open, { because, before: [] });
  const details: Details = {
    because: because.reason,
    by: because.by,
    reason,
    seal: canonicalDigest({ domain: 'countersign-freeze-v1', tenant: context.tenant, id, person, reason }),
    security: holdersOf(context, ['security']).filter((one) => one !== person),
    ...ends,
    voided: 0,
    resting: [],
    sweeps: 0,
    liftedAt: null,
  };
  const requester = because.by ?? person;
  const committed = await commit(context.store, {
    tenant: context.tenant,
    at: now,
    decision,
    ...(input === undefined ? {} : { input }),
    event: {
      type: 'freeze.frozen',
      requestId: id,
      actor: because.by ?? { process: 'worker' },
      people: { requester, subject: person },
      personal: reason === '' ? {} : { reason: { subject: requester, text: reason } },
      data: { because: because.reason, seal: details.seal, stopped: details.stopped },
    },
    take: [{ handle: frozenHandle(person), holder: id, epoch: 1, exclusive: true }],
    changes: [openingOf({ id, requester, subject: person, details, dueAt: now })],
    effects: open.map((request) => stopOf(request, because)),
  });
  if (committed.ok)
    return ok({
      id,
      number: committed.value.numbers[id] ?? 0,
      stopped: ends.stopped.length,
      left: ends.left.length,
    });
  return committed.code === 'handle_taken'
    ? refused('freeze.already_frozen', 'This account is frozen already. Nothing changed.')
    : committed;
}
