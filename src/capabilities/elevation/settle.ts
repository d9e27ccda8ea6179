import { addSeconds } from 'date-fns/addSeconds';
import type { Outcome } from '../../core/outcome.js';
import type { EventDraft } from '../../ledger/index.js';
import type { Committed, Effect } from '../../store/index.js';
import { itIsOver, tellAnew } from '../alarms.js';
import type { InboxReceipt, VerbContext } from '../define.js';
import { noteReceipt, receiptData, receiptEvidence } from '../receipt-evidence.js';
import { endingOf } from './ending.js';
import { nextLook } from './live.js';
import { type ElevationEvent, machine } from './machine.js';
import type { Details, Elevation, ElevationEventType } from './schemas.js';
import { UNANSWERED, UNANSWERED_TRIES } from './send-end.js';
import { transition } from './stored.js';

/** A verified receipt is proof; this makes it state (rule 8). One that changes nothing is noted and settled. */
export async function settle(
  context: VerbContext,
  request: Elevation,
  inbox: InboxReceipt,
): Promise<Outcome<Committed>> {
  const move = moveFor(context, request, inbox);
  if (move === null || machine.next(request.state, move.on) === null)
    return noteReceipt(context, request, inbox, {
      type: 'elevation.receipt_noted',
      data: dataOf(request, inbox),
    });
  const { alert, ...step } = move;
  return transition(context, request, {
    ...step,
    ...receiptEvidence(context, request, inbox),
    event: {
      ...step.event,
      actor: { process: 'doer' },
      data: { ...dataOf(request, inbox), ...step.event.data },
    },
    effects: [
      ...(alert === undefined
        ? []
        : tellAnew({ kind: 'alert', requestId: request.id, alert: step.event.type, text: alert }, 0)),
      ...(step.on === 'prove_ended' ? noMoreAlarm(request) : []),
    ],
  });
}

interface Move {
  on: ElevationEvent;
  details: Details;
  dueAt: Date | null;
  event: { type: ElevationEventType; data?: EventDraft['data'] };
  alert?: string;
}

function moveFor(context: VerbContext, request: Elevation, inbox: InboxReceipt): Move | null {
  const { receipt } = inbox;
  const now = context.clock.now();
  switch (receipt.outcome) {
    case 'granted':
      return granted(context, request, inbox);
    case 'ended':
      return ended(request, receipt.at);
    case 'unproven':
      return unproven(request, now);
    case 'revealed':
      return shown(request, inbox);
    case 'rejected':
      return receipt.kind === 'grant' && receipt.packetId === request.details.grant?.packetId
        ? rejected(request, inbox, now)
        : null;
    case 'observed':
    case 'checked_out':
    case 'rotated':
      return null;
  }
}

/** What was told of an end that was long to come. */
const noMoreAlarm = ({ id: requestId, state, details: { end } }: Elevation): Effect[] => [
  ...itIsOver({ requestId, alert: 'elevation.end_unproven' }, state === 'revoke_unproven' ? 1 : 0),
  ...itIsOver({ requestId, alert: UNANSWERED }, (end?.attempts ?? 0) < UNANSWERED_TRIES ? 0 : 1),
];

function granted(
  { clock, sources }: VerbContext,
  request: Elevation,
  { receipt }: InboxReceipt,
): Move | null {
  const { grant } = request.details;
  if (grant === null || receipt.expiresAt === null) return null;
  const details = {
    ...request.details,
    grant: { ...grant, account: receipt.account, grantedAt: receipt.at, expiresAt: receipt.expiresAt },
  };
  return {
    on: 'grant',
    details,
    dueAt: nextLook(details, clock.now(), sources),
    event: { type: 'elevation.granted', data: { expiresAt: receipt.expiresAt } },
  };
}

function ended(request: Elevation, at: string): Move {
  const end = request.details.end ?? endingOf({ reason: 'expired', by: null, at: new Date(at) });
  return {
    on: 'prove_ended',
    details: { ...request.details, end: { ...end, provedAt: at } },
    dueAt: null,
    event: { type: 'elevation.ended', data: { reason: end.reason } },
  };
}

/** Stays due as `send_end` armed it, or soon: the tries go on for ever. */
function unproven(request: Elevation, now: Date): Move {
  return {
    on: 'fail_to_prove',
    details: request.details,
    dueAt: request.dueAt ?? addSeconds(now, 10),
    event: { type: 'elevation.end_unproven' },
    ...(request.state === 'ending'
      ? {
          alert: `The end of access #${request.number} to ${request.details.system} is not proved. Countersign keeps trying.`,
        }
      : {}),
  };
}

function shown(request: Elevation, { receipt }: InboxReceipt): Move {
  return {
    on: 'show',
    details: {
      ...request.details,
      showings: request.details.showings.map((one) =>
        one.packetId === receipt.packetId ? { ...one, shownAt: receipt.at } : one,
      ),
    },
    dueAt: request.dueAt,
    event: { type: 'elevation.credential_shown' },
  };
}

/** Timing refusals are signed anew at once; anything else is final, and nothing was granted. */
function rejected(request: Elevation, { receipt }: InboxReceipt, now: Date): Move | null {
  if (
    receipt.code === 'packet_expired' ||
    receipt.code === 'packet_not_yet_valid' ||
    receipt.code === 'start_in_future' ||
    receipt.code === 'target_unreachable'
  )
    return null;
  const failure = FAILURES[receipt.code] ?? 'The executor refused the grant.';
  // This packet, or an earlier one of this grant, may have begun at the target: then only a proved end closes it.
  const clean = request.details.grant?.attempts === 1 && receipt.evidence['begun'] !== true;
  const end = endingOf({ reason: 'never_started', by: null, at: now });
  return {
    on: clean ? 'fail' : 'end',
    details: { ...request.details, failure, end: clean ? null : end },
    dueAt: clean ? null : now,
    event: { type: 'elevation.failed' },
    alert: `Request #${request.number} on ${request.details.system} was approved, but its executor refused it (${receipt.code}).`,
  };
}

const FAILURES: Partial<Record<InboxReceipt['receipt']['code'], string>> = {
  limit_system:
    'The owner of this system does not allow Countersign to grant on it. Ask them to widen the limits file.',
  limit_scope: 'The owner of this system does not allow this scope. Ask them to widen the limits file.',
  limit_privileges:
    'This scope holds more than the owner of the system allows. Ask them to widen the limits file.',
  limit_duration: 'The owner of this system allows less time than was asked. Ask again for a shorter one.',
  limit_change:
    'The owner of this system grants this only to deploy a commit of another repository. Ask them to correct the limits file.',
  limit_rate: 'Too many grants on this system within the hour. Ask again later.',
  limit_window:
    'The owner of this system lets nobody in by a window. Ask them to allow it in the limits file, or ask for it to be approved by itself.',
  scope_privileges_differ:
    'The scope at the target is not what was approved. Ask the owner of the system to compare both.',
  public_excess:
    'Everyone may do more on this target than the scope says. Its owner needs to revoke that from PUBLIC.',
  already_member:
    'The person is in that group already, by somebody else. Countersign ends only what it gave; ask the owner of the system.',
  target_refused:
    'The system itself refused: the account or the group is not there, or may not be used. Its owner can see why.',
  target_clock_skew:
    'The clock of the target is off by more than 5 seconds, so an end could not be kept in time.',
};

/**
 * An account of our making is named for its grant. A person's own names the person, and the entry knows them already
 * (rule 16).
 */
const dataOf = (request: Elevation, inbox: InboxReceipt) => ({
  ...receiptData(inbox),
  account: request.details.login === null ? inbox.receipt.account : null,
});
