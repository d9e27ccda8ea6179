import { addSeconds } from 'date-fns/addSeconds';
import { canonicalDigest } from '../../core/canonical.js';
import { reasonDigest } from '../../core/seal.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import type { Decision } from '../../policy/index.js';
import type { RequestChange } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { findSystem } from '../systems.js';
import type { Place } from './accounts.js';
import type { Basis, Details, UseDetails, UseInput } from './schemas.js';
import { openingOf } from './stored.js';
import { windowOf } from './window.js';
import { addWorkingDays } from './working-days.js';

/** The credential waits so long for a channel to take the alert; then it goes as self-declared. */
export const ALERT_SECONDS = 15;
const REVIEW_WORKING_DAYS = 5;

/** What somebody in an emergency asks for. */
export interface Ask {
  by: PrincipalId;
  input: string;
  asked: UseInput;
}

/** What is asked, once policy let it and it has an account. */
export type Opening = Ask & {
  now: Date;
  decision: Decision<'allow'>;
  basis: Basis;
  place: Place;
  /** Never the user. */
  alerted: readonly PrincipalId[];
};

/** The ids of a use and its children, which name each other. */
export interface LoopIds {
  use: RequestId;
  justification: RequestId;
  review: RequestId;
}

/** The use, its justification and its review as one commit opens them. */
export function newLoop({ by, now }: Opening, ids: LoopIds, details: UseDetails): RequestChange[] {
  const whose = { requester: by, subject: by };
  const dueBy = addWorkingDays(now, REVIEW_WORKING_DAYS);
  return [
    openingOf({ ...whose, id: ids.use, details, dueAt: addSeconds(now, ALERT_SECONDS) }),
    openingOf({
      ...whose,
      id: ids.justification,
      parentId: ids.use,
      state: 'justification_waiting',
      details: justificationOf(details),
      dueAt: null,
    }),
    openingOf({
      ...whose,
      id: ids.review,
      parentId: ids.use,
      state: 'review_open',
      details: reviewOf(details, { now, dueBy }),
      dueAt: dueBy,
    }),
  ];
}

/** The use itself, its terms sealed. */
export function useDetails(
  context: VerbContext,
  { by, asked, now, decision, basis, place, alerted }: Opening,
  ids: LoopIds,
): UseDetails {
  const { minutes, selfDeclared } = windowOf(decision);
  const { system, incident, severity, what } = asked;
  const others = holdersOfSystem(context, system).filter((one) => one !== by);
  return {
    part: 'use',
    system,
    account: place.account,
    incident,
    severity,
    what,
    basis,
    selfDeclared,
    minutes,
    seal: canonicalDigest({
      domain: 'countersign-break-glass-v1',
      ...ids,
      user: by,
      system,
      account: place.account,
      minutes,
      what: reasonDigest(what),
    }),
    alerted: [...alerted],
    alsoAlerted: others,
    alerts: [],
    openedAt: now.toISOString(),
    holdsAccount: place.takenOver === null,
    window: null,
    showings: [],
    end: null,
    failure: null,
    justification: ids.justification,
    review: ids.review,
  };
}

const holdersOfSystem = (context: VerbContext, system: string): PrincipalId[] => {
  const roles = findSystem(context, system)?.approverRoles ?? [];
  return context.policy.organisation.people
    .filter((person) => person.active && person.roles.some((role) => roles.includes(role)))
    .map((person) => person.id);
};

const justificationOf = ({ system, seal, review }: UseDetails): Details => ({
  part: 'justification',
  system,
  seal,
  deadline: null,
  reminders: 0,
  overdueAt: null,
  texts: [],
  standIn: null,
  review,
});

/** Drafted with what is known; its first owner is somebody alerted, who is never the user. */
function reviewOf(
  { system, seal, what, severity, alerted, justification }: UseDetails,
  { now, dueBy }: { now: Date; dueBy: Date },
): Details {
  const [owner] = alerted;
  if (owner === undefined) throw new TypeError('policy let a use pass that alerts nobody');
  return {
    part: 'review',
    system,
    seal,
    owner,
    record: {
      severity: severity === 'sev-1' ? 'critical' : severity === 'sev-2' ? 'high' : 'medium',
      detectedAt: now.toISOString(),
      description: what,
      impact: '',
      remediation: '',
      prevention: '',
    },
    drift: null,
    look: null,
    dueBy: dueBy.toISOString(),
    escalations: 0,
    escalateAt: dueBy.toISOString(),
    signedOff: null,
    justification,
  };
}
