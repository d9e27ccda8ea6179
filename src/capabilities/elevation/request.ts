import { newRequestId } from '../../core/ids.js';
import { ok, refused } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { type Decision, isEffect } from '../../policy/index.js';
import { type CommitCode, commit, refuse, type TurnWrite } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { clearRefusal } from '../refusals.js';
import { findScope, findSystem } from '../systems.js';
import { readRenewal } from './beside.js';
import { findChange } from './change.js';
import { decidersOf } from './deciders.js';
import { wakeAt } from './deciding.js';
import type { Terms } from './facts.js';
import { approvedBeforehand, type Covering, coveringOf, useOf } from './let-through.js';
import { pendingUntil } from './nudges.js';
import { AskInput, type Details, type Elevation } from './schemas.js';
import { openingOf } from './stored.js';
import { dataOfTerms, detailsOfTerms, judgeTerms, neededBy, wordsOfTerms } from './terms.js';
import { turnsOf } from './turns.js';

export interface Asked {
  id: RequestId;
  number: number;
  /** The window that lets it through, by our number; null where people are asked. */
  window: number | null;
}

type Asking = {
  by: PrincipalId;
  input: string;
  now: Date;
  terms: Terms;
  turns: readonly TurnWrite[];
  renews?: Pick<Elevation, 'id' | 'number'>;
};

/** More than the requests a person may have waiting: each turn lost is one that another request took. */
const ATTEMPTS = 16;
const RETRIED: ReadonlySet<string> = new Set(['lost_race', 'window_closed'] satisfies CommitCode[]);

/** Asks for access to one scope of one system: a pending request, one that a window lets through, or a ledgered refusal. */
export async function requestElevation(
  context: VerbContext,
  ask: { by: PrincipalId; input: string; asked: AskInput; renews?: Pick<Elevation, 'id' | 'number'> },
) {
  const now = context.clock.now();
  const { subject, beside, change, ...asked } = AskInput.parse(ask.asked);
  const target = findScope(findSystem(context, asked.system), asked.scope);
  const terms: Terms = {
    ...asked,
    requester: ask.by,
    subject: subject ?? ask.by,
    change: await findChange(context, target, change),
  };
  for (let tries = 1; ; tries += 1) {
    const turns = await turnsOf(context, terms);
    const judged = { now, by: ask.by, terms, request: null, acknowledged: beside };
    const decision = await judgeTerms(context, judged);
    // Read after the judging: what policy then saw beside this one is told as what it is.
    const renewed =
      ask.renews === undefined ? null : await readRenewal(context, ask.renews.id, terms.subject);
    if (renewed !== null)
      return refused('already_asked', `You asked again already: #${renewed.number} is open.`);
    const outcome = await answer(context, { ...ask, now, terms, turns }, decision);
    // Somebody else had the turn, or the window's last use, a moment ago: judged again, as it is now.
    if (outcome.ok || !RETRIED.has(outcome.code) || tries === ATTEMPTS) return outcome;
  }
}

async function answer(context: VerbContext, asking: Asking, decision: Decision) {
  const { now, terms } = asking;
  const covering = isEffect(decision, 'allow') ? await coveringOf(context, decision) : null;
  if (isEffect(decision, 'allow') && covering !== null)
    return open(context, asking, { decision, covering, ...approvedBeforehand(covering, now) });
  if (isEffect(decision, 'require_hitl')) {
    const deciders = await decidersOf(context, { now, system: terms.system, decision });
    const asks = { approvalsNeeded: neededBy(decision), ...deciders, window: null, decided: null };
    return open(context, asking, { decision, covering: null, ...asks });
  }
  const { system, scope, durationMinutes } = terms;
  return refuse(context.store, {
    tenant: context.tenant,
    at: now,
    input: asking.input,
    decision: clearRefusal(decision, 'elevation.needs_vote'),
    event: {
      type: 'elevation.request_refused',
      requestId: null,
      actor: asking.by,
      people: { subject: terms.subject },
      data: { system, scope, durationMinutes },
    },
  });
}

type Way = Pick<Details, 'approvalsNeeded' | 'approvers' | 'deciding' | 'window' | 'decided'> & {
  decision: Decision<'allow' | 'require_hitl'>;
  covering: Covering | null;
};

async function open(context: VerbContext, asking: Asking, way: Way) {
  const { now, terms, renews } = asking;
  const { decision, covering, ...decided } = way;
  const id = newRequestId();
  const details: Details = {
    ...detailsOfTerms(context, id, way.approvalsNeeded, terms),
    ...decided,
    askedAt: now.toISOString(),
    edits: [],
    pendingUntil: pendingUntil(context, { system: terms.system, now }),
    outageMilliseconds: 0,
    renews: renews === undefined ? null : { id: renews.id, number: renews.number },
    grant: null,
    warnedAt: null,
    showings: [],
    end: null,
    failure: null,
  };
  const { requester, subject } = terms;
  const opened = { id, requester, subject, details };
  const committed = await commit(context.store, {
    tenant: context.tenant,
    at: now,
    input: asking.input,
    decision,
    turns: asking.turns,
    ...(covering === null ? {} : useOf(covering, id, terms)),
    event: {
      type: 'elevation.requested',
      requestId: id,
      actor: requester,
      people: { requester, subject },
      personal: wordsOfTerms(terms),
      data: { ...dataOfTerms(details), renews: details.renews?.id ?? null },
    },
    changes: [
      covering === null
        ? openingOf({ ...opened, dueAt: wakeAt(details) })
        : openingOf({ ...opened, state: 'approved', dueAt: now }),
    ],
  });
  if (!committed.ok) return refused(committed.code, committed.message);
  return ok<Asked>({
    id,
    number: committed.value.numbers[id] ?? 0,
    window: details.window?.number ?? null,
  });
}
