import { oblige } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import type { Details, TokenRequest } from './schemas.js';
import { transition } from './stored.js';

/** A wait for people goes on by the time in which Slack was away, since nobody could act then. */
export const wait = (
  context: VerbContext,
  request: TokenRequest,
  { now, until, away, details }: { now: Date; until: Date; away: number; details: Partial<Details> },
) =>
  transition(context, request, {
    on: 'wait',
    details: { ...request.details, ...details },
    dueAt: until,
    at: now,
    decision: oblige({
      rule: 'auditor-token.slack_was_away',
      message: 'Slack was away, so nobody could answer.',
      basis: { request: request.id, milliseconds: away },
    }),
    event: {
      type: 'auditor-token.waited_longer',
      actor: { process: 'worker' },
      data: { until: until.toISOString(), outageMilliseconds: away },
    },
  });
