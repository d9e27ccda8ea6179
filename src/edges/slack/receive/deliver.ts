import type { SlackAnswer, SlackCall, VerbContext } from '../../../capabilities/index.js';
import { CountersignError } from '../../../core/errors.js';
import { refusal } from '../../../policy/index.js';
import { inputSeen, refuse, seeInput } from '../../../store/index.js';
import type { Log } from '../../log.js';
import type { Caller } from './caller.js';

const STRANGER =
  'Countersign does not know you in this workspace. Ask whoever keeps `policies/people/` to add you.';
const FAILED =
  'Something went wrong on our side and nothing was changed. Try again; if it stays, tell your administrator.';

/**
 * One delivery, answered once (rule: one input key each, seen once). A redelivery of something answered is dropped; one
 * that comes after a crash finds the key unseen and is carried out.
 */
export async function deliver(
  context: VerbContext,
  log: Log,
  delivery: { caller: Caller; input: string; run: (call: SlackCall) => Promise<SlackAnswer> },
): Promise<SlackAnswer> {
  const { caller, input } = delivery;
  try {
    if (await inputSeen(context.store, context.tenant, input)) return { show: 'nothing' };
    if (caller.principal === null) return await refuseStranger(context, caller, input);
    const answer = await delivery.run({ by: caller.principal, input });
    // What fills its modal later commits under this key then; until it does, the spent trigger stops a second showing.
    if (answer.show !== 'modal_later')
      await seeInput(context.store, context.tenant, input, context.clock.now());
    return answer;
  } catch (error) {
    log.error({ err: error, input }, 'a delivery failed');
    return { show: 'private', text: error instanceof CountersignError ? error.message : FAILED };
  }
}

async function refuseStranger(context: VerbContext, caller: Caller, input: string): Promise<SlackAnswer> {
  await refuse(context.store, {
    tenant: context.tenant,
    at: context.clock.now(),
    input,
    decision: refusal('slack.stranger', STRANGER),
    event: { type: 'slack.stranger_refused', requestId: null, actor: caller.ledgerName },
  });
  return { show: 'private', text: STRANGER };
}
