import { addHours } from 'date-fns/addHours';
import { addSeconds } from 'date-fns/addSeconds';
import { clamp } from 'date-fns/clamp';
import { z } from 'zod';
import type { Outcome } from '../../core/outcome.js';
import type { EventDraft } from '../../ledger/index.js';
import { PACKET_VALIDITY_SECONDS } from '../../packet/index.js';
import type { Committed, Effect, RequestChange } from '../../store/index.js';
import type { InboxReceipt, VerbContext } from '../define.js';
import { namesOf } from '../names.js';
import { noteReceipt, receiptData, receiptEvidence } from '../receipt-evidence.js';
import { handleOf } from './accounts.js';
import { endAlarm, raiseAlarm } from './alarm.js';
import { childrenAfter } from './children-after.js';
import { endingOf } from './ending.js';
import { startClock } from './justification-clock.js';
import { settleLook } from './look.js';
import { type GlassEvent, machine } from './machine.js';
import type { Glass, GlassEventType, Use, UseDetails } from './schemas.js';
import { asReview, asUse, toldInTimeline, transition } from './stored.js';
import { alertEffect } from './words.js';

/** A verified receipt is proof; this makes it state (rule 8). One that changes nothing is noted and settled. */
export async function settle(
  context: VerbContext,
  glass: Glass,
  inbox: InboxReceipt,
): Promise<Outcome<Committed>> {
  if (glass.details.part === 'review') return settleLook(context, asReview(glass), inbox);
  const request = asUse(glass);
  if (inbox.receipt.evidence['foundOpen'] === true) return foundOpen(context, request, inbox);
  const move = await moveFor(context, request, inbox);
  if (move === null || machine.next(request.state, move.on) === null)
    return noteReceipt(context, request, inbox, {
      type: 'break-glass.receipt_noted',
      data: receiptData(inbox),
    });
  const { effects = [], ...step } = move;
  return transition(context, request, {
    ...step,
    ...receiptEvidence(context, request, inbox),
    event: { ...step.event, actor: { process: 'doer' }, data: { ...receiptData(inbox), ...step.event.data } },
    effects,
  });
}

interface Move {
  on: GlassEvent;
  details: UseDetails;
  dueAt: Date | null;
  event: { type: GlassEventType; data?: EventDraft['data'] };
  also?: readonly RequestChange[];
  release?: { handle: string; holder: string }[];
  effects?: Effect[];
}

async function moveFor(context: VerbContext, request: Use, inbox: InboxReceipt): Promise<Move | null> {
  const { receipt } = inbox;
  switch (receipt.outcome) {
    case 'checked_out':
      return checkedOut(context, request, inbox);
    case 'revealed':
      return shown(context, request, inbox);
    case 'rotated':
      return rotated(context, request, inbox);
    case 'unproven':
      return unproven(context, request, 'The executor could not prove it.');
    case 'rejected':
      return receipt.packetId === request.details.window?.packetId ? rejected(context, request, inbox) : null;
    case 'granted':
    case 'ended':
    case 'observed':
      return null;
  }
}

function checkedOut(context: VerbContext, request: Use, { receipt }: InboxReceipt): Move | null {
  const { window } = request.details;
  if (window === null || receipt.expiresAt === null) return null;
  return {
    on: 'open',
    details: {
      ...request.details,
      window: { ...window, checkedOutAt: receipt.at, expiresAt: receipt.expiresAt },
    },
    dueAt: new Date(receipt.expiresAt),
    event: { type: 'break-glass.checked_out', data: { expiresAt: receipt.expiresAt } },
    effects: [
      alertEffect(request.id, {
        alert: 'break-glass.opened',
        sink: 'webhook',
        severity: 'error',
        text: `${request.details.account} on ${systemName(context, request)} is open for ${namesOf(context.policy.organisation).person(request.requester)} until ${receipt.expiresAt} (use #${request.number}).`,
      }),
    ],
  };
}

async function shown(context: VerbContext, request: Use, { receipt }: InboxReceipt): Promise<Move | null> {
  const asked = request.details.showings.find(({ packetId }) => packetId === receipt.packetId);
  if (asked === undefined) return null;
  const isFirst = request.details.showings.every((one) => one.shownAt === null);
  // Nothing is shown before it is asked for, nor once its packet is over, whatever the executor's clock says.
  const earliest = new Date(asked.askedAt);
  const at = clamp(receipt.at, { start: earliest, end: addSeconds(earliest, PACKET_VALIDITY_SECONDS) });
  return {
    on: 'show',
    details: {
      ...request.details,
      showings: request.details.showings.map((one) =>
        one.packetId === receipt.packetId ? { ...one, shownAt: receipt.at } : one,
      ),
    },
    dueAt: request.dueAt,
    event: { type: 'break-glass.credential_shown' },
    also: isFirst ? await startClock(context, request, addHours(at, 24)) : [],
  };
}

const Proof = z.object({ refused: z.int().default(0) }).catch({ refused: 0 });

/** Proves nothing while one password that was shown was not seen refused, or without a look at what stayed behind. */
async function rotated(context: VerbContext, request: Use, { receipt }: InboxReceipt): Promise<Move> {
  const { refused } = Proof.parse(receipt.evidence);
  const shown = request.details.showings.filter((one) => one.shownAt !== null).length;
  if (refused < shown)
    return unproven(context, request, `${refused} of ${shown} shown passwords were seen refused.`);
  if (shown > 0 && receipt.drift === null)
    return unproven(context, request, 'Nothing says what stayed behind.');
  const { system, account } = request.details;
  const end = request.details.end ?? endingOf('expired', null, new Date(receipt.at));
  const details = { ...request.details, end: { ...end, provedAt: receipt.at } };
  return {
    on: 'prove',
    details,
    dueAt: context.clock.now(),
    event: { type: 'break-glass.rotated', data: { reason: end.reason } },
    also: await childrenAfter(context, { ...request, details }, receipt.drift ?? []),
    release: [{ handle: handleOf(system, account), holder: request.id }],
    effects: endAlarm(request.id, end),
  };
}

/** Stays due, or is due soon: the tries go on for ever. */
function unproven(context: VerbContext, request: Use, why: string): Move {
  const now = context.clock.now();
  const { account } = request.details;
  const end = request.details.end ?? endingOf('expired', null, now);
  // The tries that follow raise the next ones.
  const alarm =
    request.state === 'rotation_unproven'
      ? { end, effects: [] }
      : raiseAlarm(
          request,
          end,
          `The rotation of ${account} on ${systemName(context, request)} (use #${request.number}) is not proved: ${why} Countersign keeps trying.`,
        );
  return {
    on: 'fail_to_prove',
    details: { ...request.details, end: alarm.end },
    dueAt: request.state === 'open' ? now : (request.dueAt ?? addSeconds(now, 10)),
    event: { type: 'break-glass.rotation_unproven', data: { why } },
    effects: alarm.effects,
  };
}

/** Timing refusals are signed anew; anything else is final, and nothing was shown. */
async function rejected(context: VerbContext, request: Use, { receipt }: InboxReceipt): Promise<Move | null> {
  const { code } = receipt;
  if (code === 'packet_expired' || code === 'packet_not_yet_valid' || code === 'target_unreachable')
    return null;
  const { system, account, window } = request.details;
  const failure = FAILURES[code] ?? `The executor refused to open it (${code}). ${CALL}`;
  const now = context.clock.now();
  const alert = alertEffect(request.id, {
    alert: 'break-glass.failed',
    text: `Break-glass on ${systemName(context, request)} (use #${request.number}, ${account}) could not be opened: ${failure}`,
  });
  // An earlier packet may have checked it out: then only a proved rotation ends it.
  if (window !== null && window.attempts > 1)
    return {
      on: 'end',
      details: {
        ...request.details,
        failure,
        end: endingOf('never_opened', null, now),
      },
      dueAt: now,
      event: { type: 'break-glass.failed' },
      effects: [alert],
    };
  return {
    on: 'fail',
    details: { ...request.details, failure },
    dueAt: null,
    event: { type: 'break-glass.failed' },
    also: await childrenAfter(context, request, []),
    release: [{ handle: handleOf(system, account), holder: request.id }],
    effects: [alert],
  };
}

const CALL = 'Call its owner team.';

const FAILURES: Partial<Record<InboxReceipt['receipt']['code'], string>> = {
  limit_system: `The owner of this system does not let Countersign open break-glass accounts on it. ${CALL}`,
  limit_account: `The owner of this system does not let Countersign open this account. ${CALL}`,
  limit_duration: `The owner of this system allows less time than its definition says. ${CALL}`,
  account_in_use: 'Somebody is logged in with this account. Use the other one.',
  account_unfit: 'This account is not what it should be at the target. Use the other one.',
  target_refused: `The target did not do what was asked of it. Break the glass again; if this stays: ${CALL}`,
  target_clock_skew: `The clock of the target is off by more than 5 seconds, so an end could not be kept in time. ${CALL}`,
};

/** The account was open though nobody had it: it is shut again, and somebody has to find out who did that. */
const foundOpen = (context: VerbContext, request: Use, inbox: InboxReceipt) =>
  noteReceipt(context, request, inbox, {
    type: 'break-glass.account_found_open',
    data: receiptData(inbox),
    effects: [
      toldInTimeline(request),
      alertEffect(request.id, {
        alert: 'break-glass.account_found_open',
        text: `${request.details.account} on ${systemName(context, request)} could log in although nobody had it. ${inbox.receipt.outcome === 'rotated' ? 'Countersign shut it and ended its sessions.' : 'Countersign could not end its sessions: lock it at the target.'} Find out who opened it.`,
      }),
    ],
  });

const systemName = ({ policy }: VerbContext, { details }: Use): string =>
  namesOf(policy.organisation).system(details.system);
