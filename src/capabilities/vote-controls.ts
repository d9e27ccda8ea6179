import { actions, button, input, modal, plainTextInput } from '../blocks/index.js';
import type { RequestId } from '../core/tenant.js';
import { buttonValue, NOTHING, onButton, onModalButton, parseButton, privately, STALE } from './button.js';
import type { RequestOf, SlackHandlers, VerbContext } from './define.js';
import type { Ballot } from './votes.js';

type Answer = Promise<{ ok: true } | { ok: false; code: string; message: string }>;

const idsOf = (capability: string) => ({
  approve: `${capability}.approve`,
  deny: `${capability}.deny`,
  reason: `${capability}.deny_reason`,
});

type Sealed = RequestOf<string, { seal: string }>;

/** Approve and Deny, for the card of a request that waits. */
export function voteButtons(request: Sealed) {
  const ids = idsOf(request.capability);
  const value = buttonValue(request);
  return actions(`${request.capability}-${request.id}-${request.version}`, [
    button({
      text: 'Approve',
      actionId: ids.approve,
      value,
      style: 'primary',
      label: `Approve request ${request.number}`,
    }),
    denyButton(request),
  ]);
}

/** Deny alone, for an approved request that has not begun. */
export const denyButtons = (request: Sealed) =>
  actions(`${request.capability}-${request.id}-${request.version}`, [denyButton(request)]);

const denyButton = (request: Sealed) =>
  button({
    text: 'Deny',
    actionId: idsOf(request.capability).deny,
    value: buttonValue(request),
    label: `Deny request ${request.number} with a reason`,
  });

/** What those buttons do: Approve votes at once, Deny asks for the reason first. */
export function voteHandlers(
  capability: string,
  verbs: {
    approve: (context: VerbContext, id: RequestId, ballot: Ballot) => Answer;
    deny: (context: VerbContext, id: RequestId, ballot: Ballot & { reason: string }) => Answer;
  },
): Pick<SlackHandlers, 'actions' | 'submissions'> {
  const ids = idsOf(capability);
  return {
    actions: [
      onButton(ids.approve, async (context, id, call) => privately(await verbs.approve(context, id, call))),
      onModalButton(ids.deny, (_context, _id, call) => ({
        show: 'modal',
        view: reasonModal(ids.reason, call.value),
      })),
    ],
    submissions: [
      {
        callbackId: ids.reason,
        run: async (context, call) => {
          const button = parseButton(call.metadata);
          if (button === null) return STALE;
          const reason = call.values['reason'] ?? '';
          const outcome = await verbs.deny(context, button.id, { ...call, seal: button.seal, reason });
          return outcome.ok || outcome.code === 'input_seen'
            ? NOTHING
            : { show: 'errors', errors: { reason: outcome.message } };
        },
      },
    ],
  };
}

const reasonModal = (callbackId: string, metadata: string) =>
  modal({
    callbackId,
    title: 'Deny Request',
    submit: 'Deny',
    privateMetadata: metadata,
    blocks: [
      input({
        blockId: 'reason',
        label: 'Reason',
        hint: 'The requester reads this.',
        element: plainTextInput({ actionId: 'reason', multiline: true, minLength: 1, maxLength: 900 }),
      }),
    ],
  });
