import type { SlackAnswer, SlackCall, VerbContext } from '../../../capabilities/index.js';
import { CountersignError } from '../../../core/errors.js';
import { refusal } from '../../../policy/index.js';
import { readInput, refuse, seeInput } from '../../../store/index.js';
import type { Log } from '../../log.js';
import type { Caller } from './caller.js';

const STRANGER =
  'Countersign does not know you in this workspace. Ask whoever keeps `policies/people/` to add you.';
const FAILED =
  'Something went wrong on our side, and this may or may not have been saved. Look at the request before you try again; if it stays, tell your administrator.';

export interface Delivery {
  caller: Caller;
  input: string;
  /** The key under which the same form, submitted again, is tried once more after a refusal. */
  again?: string;
  run: (call: SlackCall) => Promise<SlackAnswer>;
  /** What the same form, submitted again, is answered once it moved the request of this number. */
  taken?: ((call: SlackCall, number: number) => Promise<SlackAnswer>) | undefined;
  /** How a failure is told; privately unless said. */
  failed?: (text: string) => SlackAnswer;
}

/**
 * One delivery, answered once (rule: one input key each, seen once). A redelivery of something answered is dropped; one
 * that comes after a crash finds the key unseen and is carried out.
 */
export async function deliver(context: VerbContext, log: Log, delivery: Delivery): Promise<SlackAnswer> {
  const { store, tenant } = context;
  try {
    const seen = await readInput(store, tenant, delivery.input);
    if (seen === null) return await runOnce(context, delivery, delivery.input);
    if (delivery.again === undefined) return { show: 'nothing' };
    const { number } = seen;
    if (number === null) return await runOnce(context, delivery, delivery.again);
    const { caller, taken } = delivery;
    if (taken === undefined) return { show: 'private', text: takenBefore(number) };
    return await runOnce(context, { caller, run: (call) => taken(call, number) }, delivery.again);
  } catch (error) {
    log.error({ err: error, input: delivery.input }, 'a delivery failed');
    const text = error instanceof CountersignError ? error.message : FAILED;
    return delivery.failed?.(text) ?? { show: 'private', text };
  }
}

const takenBefore = (number: number): string =>
  `Your first press got through: it is in request #${number}, and nothing was done twice.`;

async function runOnce(
  context: VerbContext,
  { caller, run }: Pick<Delivery, 'caller' | 'run'>,
  input: string,
): Promise<SlackAnswer> {
  if (caller.principal === null) return refuseStranger(context, caller, input);
  const answer = await run({ by: caller.principal, input });
  // What fills its modal later commits under this key then; until it does, the spent trigger stops a second showing.
  if (answer.show !== 'modal_later')
    await seeInput(context.store, context.tenant, input, context.clock.now());
  return answer;
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
