import { addMinutes } from 'date-fns/addMinutes';
import { addSeconds } from 'date-fns/addSeconds';
import { ok } from '../../core/outcome.js';
import { PACKET_VALIDITY_SECONDS } from '../../packet/index.js';
import { type Decision, isEffect, oblige } from '../../policy/index.js';
import type { Step, VerbContext } from '../define.js';
import { waitLonger } from '../outages.js';
import { sendPacket } from '../send-packet.js';
import { readWindow, type Window } from '../windows.js';
import { askEnd } from './ask-end.js';
import { buildFacts } from './facts.js';
import { grantPacket } from './grant-packet.js';
import type { ElevationState } from './machine.js';
import type { Details, Elevation } from './schemas.js';
import { beginsAt } from './start.js';
import { ENTRYPOINT, transition } from './stored.js';
import { freshTermsOf } from './terms.js';

/** A grant that no doer took up in this long is given up: the approval was for its start, not for some day. */
const GIVE_UP_MINUTES = 30;

/**
 * The second decision, with fresh facts; it alone signs a grant packet (rule 4). Without a receipt inside the packet's
 * 120 s it decides and signs again. Votes that no longer count withdraw the approval, or end what may have been begun.
 */
export const execute: Step<ElevationState, Details> = async (context, request) => {
  const now = context.clock.now();
  if (request.state === 'approved' && approvedStart(request) > now) return ok(null);
  // Giving up asks nobody: whatever the facts need may be away, and an end waits for nothing (rule 2).
  if (await isLate(context, request, now)) return giveUp(context, request, now, null);
  const facts = await buildFacts(context, {
    action: 'execute',
    now,
    actor: request.requester,
    terms: await freshTermsOf(context, request),
    request,
  });
  const decision = context.policy.decide(ENTRYPOINT, facts);
  const window = request.details.window && (await readWindow(context, request.details.window.id));
  return isEffect(decision, 'allow')
    ? release(context, request, { now, decision, window })
    : giveUp(context, request, now, decision);
};

const approvedStart = (request: Pick<Elevation, 'details'>): Date =>
  beginsAt(request, new Date(request.details.decided?.at ?? request.details.pendingUntil));

/** Past the end of what was released too: from then on there is nothing left to grant, only something to prove gone. */
async function isLate(context: VerbContext, { details }: Elevation, now: Date): Promise<boolean> {
  const since = approvedStart({ details });
  const until = addMinutes(since, GIVE_UP_MINUTES);
  if (details.grant !== null && now.getTime() > Date.parse(details.grant.endsAtLatest)) return true;
  if (now <= until) return false;
  // Approved was a start at that time, and at no other.
  if (details.startAt !== null) return true;
  // While Slack is away nobody can be asked whether those who voted still stand, and nothing is denied for that.
  const longer = await waitLonger(context, { since, until, counted: 0 });
  return longer === null || now > longer.until;
}

const giveUp = (context: VerbContext, request: Elevation, now: Date, decision: Decision | null) =>
  request.state === 'executing'
    ? askEnd(context, request, { now, reason: 'never_started', by: null })
    : withdraw(context, request, now, decision);

function release(
  context: VerbContext,
  request: Elevation,
  { now, decision, window }: { now: Date; decision: Decision<'allow'>; window: Window | null },
) {
  const packet = grantPacket(context, request, now, window);
  const sent = sendPacket(context, packet);
  return transition(context, request, {
    on: 'sign',
    details: {
      ...request.details,
      grant: {
        packetId: packet.id,
        attempts: (request.details.grant?.attempts ?? 0) + 1,
        endsAtLatest: packet.endsAtLatest,
        account: null,
        grantedAt: null,
        expiresAt: null,
      },
    },
    dueAt: addSeconds(now, PACKET_VALIDITY_SECONDS),
    at: now,
    decision,
    event: {
      type: 'elevation.released',
      actor: { process: 'worker' },
      data: {
        ...sent.logged,
        seal: packet.seal,
        votes: packet.votes.map((vote) => vote.voteId),
        window: packet.window?.requestId ?? null,
        endsAtLatest: packet.endsAtLatest,
      },
    },
    effects: [sent.effect],
  });
}

function withdraw(context: VerbContext, request: Elevation, now: Date, decision: Decision | null) {
  const why =
    decision?.reasons.map((reason) => reason.message).join(' ') ??
    'The approval was not carried out in time.';
  return transition(context, request, {
    on: 'withdraw',
    details: {
      ...request.details,
      // Whoever approved it did not close it.
      decided: { by: null, at: now.toISOString(), reason: null },
      failure: why,
    },
    dueAt: null,
    at: now,
    decision: oblige({
      rule: 'elevation.release_refused',
      message: 'The approval no longer holds.',
      basis: {
        request: request.id,
        rules: decision?.reasons.map((reason) => reason.rule) ?? ['elevation.release_late'],
      },
    }),
    event: {
      type: 'elevation.release_refused',
      actor: { process: 'worker' },
      data: { rules: decision?.reasons.map((reason) => reason.rule) ?? ['elevation.release_late'] },
    },
  });
}
