import type { Json } from '../core/canonical.js';
import type { PrincipalId } from '../core/tenant.js';
import { type Decision, isEffect, oblige, refusal } from '../policy/index.js';
import { type Effect, refuse, type StoredRequest } from '../store/index.js';
import type { VerbContext } from './define.js';

/** What is no plain yes is a no: an answer that does not fit the question refuses under `rule`. */
export const clearRefusal = (decision: Decision, rule: string): Decision<'deny' | 'block'> =>
  isEffect(decision, 'deny') || isEffect(decision, 'block')
    ? decision
    : refusal(rule, 'Policy gave no clear answer.');

/** Giving back what is one's own waits for no policy: a broken one must not keep it in force (rule 2). */
export const orGivenBack = (
  decision: Decision,
  { requester, capability, id }: Pick<StoredRequest, 'requester' | 'capability' | 'id'>,
  { by, ...basis }: { by: PrincipalId } & Readonly<Record<string, Json>>,
): Decision =>
  isEffect(decision, 'allow') || by !== requester
    ? decision
    : oblige({
        rule: `${capability}.given_back`,
        message: 'Whoever asked does not want it any more.',
        basis: { request: id, ...basis },
      });

/** Ledgers policy's no to what somebody did with a request, as `<capability>.<what>_refused`, and gives back their answer. */
export const refuseAct = (
  context: VerbContext,
  request: Pick<StoredRequest, 'id' | 'capability'>,
  act: {
    what: string;
    by: PrincipalId;
    input: string;
    now: Date;
    decision: Decision;
    data?: Readonly<Record<string, Json>>;
    effects?: readonly Effect[];
  },
) =>
  refuse(context.store, {
    tenant: context.tenant,
    at: act.now,
    input: act.input,
    decision: clearRefusal(act.decision, `${request.capability}.${act.what}_unclear`),
    event: {
      type: `${request.capability}.${act.what}_refused`,
      requestId: request.id,
      actor: act.by,
      data: act.data ?? {},
    },
    ...(act.effects && { effects: act.effects }),
  });
