import { addMinutes } from 'date-fns/addMinutes';
import { addSeconds } from 'date-fns/addSeconds';
import { differenceInSeconds } from 'date-fns/differenceInSeconds';
import { type CheckOutPacket, PACKET_VALIDITY_SECONDS } from '../../packet/index.js';
import { type Decision, isEffect, oblige } from '../../policy/index.js';
import type { Step, VerbContext } from '../define.js';
import { packetOf, sendPacket, shortLived } from '../send-packet.js';
import { findSystem } from '../systems.js';
import { handleOf, usesOut } from './accounts.js';
import { askEnd } from './end.js';
import { judgeAct } from './judge-act.js';
import type { GlassState } from './machine.js';
import type { Details, Use } from './schemas.js';
import { asUse, transition } from './stored.js';
import { verifiedBasis } from './verified-basis.js';
import { windowOf } from './window.js';

/** An emergency that no doer took up in this long is no longer one: nothing was shown. */
const GIVE_UP_MINUTES = 30;
/** Each look for an account that is being taken over is an entry: often at first, when it takes seconds. */
const LONGEST_RETRY_SECONDS = 30;
/** What a source said longer ago is asked again: an incident may be resolved by now. */
const GROUNDS_SECONDS = 60;

/**
 * A channel took the alert, or none did in time, which counts as self-declared. Decides again, then alone signs the
 * check-out (rule 4); without a receipt inside the packet's 120 s it decides and signs again.
 */
export const checkOut: Step<GlassState, Details> = async (context, glass) => {
  const now = context.clock.now();
  const request = await onGroundsOfNow(context, asUse(glass), now);
  if (now > addMinutes(new Date(request.details.openedAt), GIVE_UP_MINUTES))
    return askEnd(context, request, { now, reason: 'never_opened', by: null });
  const { alerts, what, basis, selfDeclared } = request.details;
  // What a source vouches for is as bad as can be, whatever they called it.
  const severity = basis.kind === 'self_declared' ? request.details.severity : 'sev-1';
  // No channel took the alert: from here on it is their own word.
  const isOwnWord = selfDeclared || alerts.length === 0;
  const decision = await judgeAct(context, request, {
    action: 'check_out',
    now,
    actor: request.requester,
    terms: { basis: isOwnWord ? 'self_declared' : basis.kind, severity, what, confirmed: true },
  });
  if (isEffect(decision, 'allow')) return sign(context, request, now, decision);
  const failure = decision.reasons.map(({ message }) => message).join(' ');
  return askEnd(context, asFailed(request, failure), { now, reason: 'never_opened', by: null });
};

async function onGroundsOfNow(context: VerbContext, request: Use, now: Date): Promise<Use> {
  const { basis, openedAt, system, incident } = request.details;
  if (basis.kind === 'self_declared' || now <= addSeconds(new Date(openedAt), GROUNDS_SECONDS))
    return request;
  const named = basis.kind === 'incident' ? basis.id : incident;
  const fresh = await verifiedBasis(context, { system, user: request.requester, named });
  return { ...request, details: { ...request.details, basis: fresh } };
}

const asFailed = (request: Use, failure: string): Use => ({
  ...request,
  details: { ...request.details, failure },
});

async function sign(context: VerbContext, request: Use, now: Date, decision: Decision<'allow'>) {
  const { minutes, selfDeclared } = windowOf(decision);
  const details = { ...request.details, minutes: Math.min(minutes, request.details.minutes), selfDeclared };
  const packet = checkOutPacket(context, request, details.minutes, now);
  const sent = sendPacket(context, packet);
  const { system, account } = details;
  const signed = await transition(context, request, {
    on: 'sign',
    details: {
      ...details,
      holdsAccount: true,
      window: {
        packetId: packet.id,
        attempts: (details.window?.attempts ?? 0) + 1,
        endsAtLatest: packet.endsAtLatest,
        checkedOutAt: null,
        expiresAt: null,
      },
    },
    dueAt: addSeconds(now, PACKET_VALIDITY_SECONDS),
    at: now,
    decision,
    event: {
      type: 'break-glass.released',
      actor: { process: 'worker' },
      data: {
        ...sent.logged,
        account,
        minutes: details.minutes,
        selfDeclared: details.selfDeclared,
        alerts: details.alerts,
      },
    },
    ...(details.holdsAccount
      ? {}
      : { take: [{ handle: handleOf(system, account), holder: request.id, epoch: 1, exclusive: true }] }),
    effects: [sent.effect],
  });
  return !signed.ok && signed.code === 'handle_taken' ? wait(context, request, now) : signed;
}

const checkOutPacket = (context: VerbContext, request: Use, minutes: number, now: Date): CheckOutPacket => ({
  ...packetOf(context, request, now),
  kind: 'check_out',
  ...shortLived(now),
  subject: request.subject,
  account: request.details.account,
  superuser: findSystem(context, request.details.system)?.breakGlass?.superuser ?? false,
  durationMinutes: minutes,
  endsAtLatest: addMinutes(addSeconds(now, PACKET_VALIDITY_SECONDS), minutes).toISOString(),
});

/** The account is still somebody else's: theirs ends first, and its password is proved dead. */
async function wait(context: VerbContext, request: Use, now: Date) {
  const { system, account } = request.details;
  const isTaken = (await usesOut(context)).some(
    ({ id, details }) =>
      id !== request.id &&
      details.system === system &&
      details.account === account &&
      details.holdsAccount &&
      details.end === null,
  );
  if (isTaken) return askEnd(context, asFailed(request, TAKEN), { now, reason: 'never_opened', by: null });
  const waited = differenceInSeconds(now, new Date(request.details.openedAt));
  return transition(context, request, {
    on: 'wait',
    details: request.details,
    dueAt: addSeconds(now, Math.min(LONGEST_RETRY_SECONDS, 1 + waited / 10)),
    at: now,
    decision: oblige({
      rule: 'break-glass.waits_for_account',
      message: 'The account is still being taken from its last user.',
      basis: { request: request.id, account: request.details.account },
    }),
    event: { type: 'break-glass.waited', actor: { process: 'worker' } },
  });
}

const TAKEN = 'Somebody else took this account over first. Break the glass again for another.';
