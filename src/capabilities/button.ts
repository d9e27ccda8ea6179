import { RequestId } from '../core/tenant.js';
import type { SlackAnswer, SlackCall, SlackHandlers, VerbContext } from './define.js';

/** What a button of a request carries: which request, and the sealed terms it was drawn for. */
export const buttonValue = (request: { id: RequestId; details: { seal: string } }): string =>
  `${request.id}:${request.details.seal}`;

/** Null for a value that no button of ours carries. */
export function parseButton(value: string): { id: RequestId; seal: string } | null {
  const [id, seal] = value.split(':');
  const parsed = RequestId.safeParse(id);
  return parsed.success && seal !== undefined ? { id: parsed.data, seal } : null;
}

type Press = SlackCall & { seal: string; value: string };

type OnPress = (context: VerbContext, id: RequestId, call: Press) => SlackAnswer | Promise<SlackAnswer>;

/** The handler of one button. */
export const onButton = (actionId: string, press: OnPress): SlackHandlers['actions'][number] => ({
  actionId,
  run: async (context, call) => {
    const button = parseButton(call.value);
    return button === null ? STALE : press(context, button.id, { ...call, seal: button.seal });
  },
});

/** The handler of a button that opens a modal. */
export const onModalButton = (actionId: string, press: OnPress): SlackHandlers['actions'][number] => ({
  ...onButton(actionId, press),
  opensModal: true,
});

export const NOTHING: SlackAnswer = { show: 'nothing' };
export const STALE: SlackAnswer = {
  show: 'private',
  text: 'That button is not one of ours. Open the request again and use its buttons.',
};

/** What a verb answers, as an edge shows it: a refusal of policy names every reason. */
export type Answered =
  | { ok: true }
  | { ok: false; code: string; message: string; reasons?: readonly { rule: string; message: string }[] };

/** A refusal goes to whoever acted, and nobody else; a success shows in the request's own messages. */
export const privately = (outcome: Answered): SlackAnswer =>
  outcome.ok || outcome.code === 'input_seen' ? NOTHING : { show: 'private', text: whyNot(outcome) };

/** Every reason of a refusal, one a line where there are several. */
const whyNot = ({ message, reasons = [] }: Extract<Answered, { ok: false }>): string =>
  reasons.length > 1 ? reasons.map((reason) => `• ${reason.message}`).join('\n') : message;

/** A refusal of a submitted form, under the fields its reasons are about. */
export function underFields(outcome: Answered, fieldOf: (rule: string) => string): SlackAnswer {
  if (outcome.ok || outcome.code === 'input_seen') return NOTHING;
  const { reasons = [], code, message } = outcome;
  const errors: Record<string, string> = {};
  for (const reason of reasons.length > 0 ? reasons : [{ rule: code, message }]) {
    const field = fieldOf(reason.rule);
    errors[field] = errors[field] === undefined ? reason.message : `${errors[field]} ${reason.message}`;
  }
  return { show: 'errors', errors };
}
