import { addSeconds } from 'date-fns/addSeconds';
import { z } from 'zod';
import type { PrincipalId } from '../../core/tenant.js';
import { oblige } from '../../policy/index.js';
import {
  commit,
  type Effect,
  readRequest,
  readRequestsById,
  readRequestsWith,
  readVotesBy,
  type StoredRequest,
} from '../../store/index.js';
import type { Step, Stop, VerbContext } from '../define.js';
import { isWindowInForce } from '../windows.js';
import type { FreezeState } from './machine.js';
import type { Details, Freeze } from './schemas.js';
import { NAME, transition } from './stored.js';
import { whatEnds } from './what-ends.js';

/** A request whose facts were read before the freeze may be opened after it: found by the second or third look. */
const PAUSES_SECONDS = [15, 120];
const DAY_SECONDS = 86_400;
const ATTEMPTS = 8;

/** Another capability's details go back as they came. */
const Untouched = z.json();

/** Takes the account's standing votes on what has not begun back, stops what is open, lists what rests on its approvals. */
export const sweep: Step<FreezeState, Details> = async (context, request) => {
  const now = context.clock.now();
  const { details, subject: person } = request;
  const because = { reason: details.because, by: details.by };
  const votes = await readVotesBy(context.store, context.tenant, { person, voided: false });
  const votedOn = await readRequestsById(
    context.store,
    context.tenant,
    votes.map((vote) => vote.requestId),
  );
  let voided = 0;
  for (const one of votedOn) if (await voidVote(context, request, one)) voided += 1;
  const approved = votedOn.filter(isApproved).flatMap((one) => yesOf(one, person));
  // What lets people in on a yes given beforehand ends with it; what was granted on one is looked at by people.
  const open = [...(await openRequestsOf(context, person)), ...votedOn.filter(isWindowInForce)];
  const ends = whatEnds(context, open, { because, before: details.stopped });
  return transition(context, request, {
    on: 'sweep',
    details: {
      ...details,
      sweeps: details.sweeps + 1,
      voided: details.voided + voided + approved.length,
      ...ends,
      resting: votedOn
        .filter((one) => rests(one, person) && !isWindowInForce(one))
        .map(({ id, number, capability, subject }) => ({ id, number, capability, subject })),
    },
    dueAt: addSeconds(now, PAUSES_SECONDS[details.sweeps] ?? DAY_SECONDS),
    at: now,
    decision: obligation(request),
    event: {
      type: 'freeze.swept',
      actor: { process: 'worker' },
      data: { stopped: ends.stopped, voided: voided + approved.length },
    },
    effects: [
      ...open.map((one) => stopOf(one, because)),
      ...approved.map((vote): Effect => ({ kind: 'unvote', ...vote, because })),
    ],
  });
};

/** What is not over has its time, whatever its capability; a freeze itself is lifted and never stopped. */
export const openRequestsOf = async (context: VerbContext, person: PrincipalId): Promise<StoredRequest[]> => {
  const open = await readRequestsWith(context.store, context.tenant, { person, open: true });
  return open.filter((request) => request.capability !== NAME);
};

export const stopOf = (request: StoredRequest, because: Stop): Effect => ({
  kind: 'stop',
  requestId: request.id,
  because,
});

/** In every capability a request that waits for votes is `pending`; a freeze waits for those who lift it. */
const isUndecided = ({ capability, state }: StoredRequest): boolean =>
  state === 'pending' || (capability === NAME && state === ('frozen' satisfies FreezeState));

/** In every capability what votes were enough for and has not begun; its owner knows how it waits again. */
const isApproved = (request: StoredRequest): boolean => request.state === 'approved';

const yesOf = ({ id, votes }: StoredRequest, person: PrincipalId) =>
  votes
    .filter((vote) => vote.principal === person && vote.verdict === 'approve')
    .map((vote) => ({ requestId: id, vote: vote.id }));

const rests = (request: StoredRequest, person: PrincipalId): boolean =>
  request.dueAt !== null &&
  !isUndecided(request) &&
  !isApproved(request) &&
  yesOf(request, person).length > 0;

/** Moves the request to its next version, so that somebody who counts votes right now counts again (rule 3). */
async function voidVote(context: VerbContext, freeze: Freeze, voted: StoredRequest): Promise<boolean> {
  const { store, tenant } = context;
  let request: StoredRequest | null = voted;
  for (let tries = 1; tries <= ATTEMPTS && request !== null; tries += 1) {
    const vote = request.votes.find((one) => one.principal === freeze.subject);
    if (vote === undefined || !isUndecided(request)) return false;
    const { id, capability, requester, subject, state, version, details, dueAt } = request;
    const written = await commit(store, {
      tenant,
      at: context.clock.now(),
      decision: obligation(freeze),
      event: {
        type: 'freeze.vote_voided',
        requestId: id,
        actor: { process: 'worker' },
        people: { requester, subject, voter: freeze.subject },
        data: { freeze: freeze.number, vote: vote.id },
      },
      changes: [
        {
          id,
          capability,
          requester,
          subject,
          from: { state, version },
          to: { state, details: Untouched.parse(details), dueAt },
        },
      ],
      voidVotes: [vote.id],
    });
    if (written.ok) return true;
    request = await readRequest(store, tenant, id);
  }
  throw new Error(`a vote on ${voted.id} could not be taken back`);
}

const obligation = (freeze: Freeze) =>
  oblige({
    rule: 'freeze.in_force',
    message: 'This account has no power.',
    basis: { freeze: freeze.id, person: freeze.subject },
  });
