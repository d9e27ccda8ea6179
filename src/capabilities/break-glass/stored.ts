import type { RequestId } from '../../core/tenant.js';
import type { Effect } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { storedAs } from '../stored.js';
import { machine } from './machine.js';
import { Details, eventTypes, type Glass, type Justification, type Review, type Use } from './schemas.js';

/** Rego packages know no hyphen. */
export const ENTRYPOINT = 'break_glass/decision';

export const kind = {
  name: 'break-glass',
  entrypoint: ENTRYPOINT,
  machine,
  details: Details,
  eventTypes,
  isUrgent: true,
};

const stored = storedAs(kind);
export const { list, onCurrent, changeOf, openingOf } = stored;

/** One step of a loop, which its review's timeline tells. */
export const transition: typeof stored.transition = (context, request, { effects = [], ...step }) =>
  stored.transition(context, request, { ...step, effects: [...effects, toldInTimeline(request)] });

/** Brings the timeline up to a commit's entry as soon as that has its position. */
export const toldInTimeline = ({ id, details }: Pick<Glass, 'id' | 'details'>): Effect => ({
  kind: 'project_sequenced',
  requestId: details.part === 'review' ? id : details.review,
});

/** A use that has an account, or is about to, and nobody ended. */
export const UNDER_WAY = ['alerting', 'opening', 'open'] as const;

export function asUse(request: Glass): Use {
  const { details } = request;
  if (details.part !== 'use') throw new TypeError(`${request.id} is no use`);
  return { ...request, details };
}

export function asJustification(request: Glass): Justification {
  const { details } = request;
  if (details.part !== 'justification') throw new TypeError(`${request.id} is no justification`);
  return { ...request, details };
}

export function asReview(request: Glass): Review {
  const { details } = request;
  if (details.part !== 'review') throw new TypeError(`${request.id} is no review`);
  return { ...request, details };
}

/** A request that another of the same loop names; its absence is a defect. */
export async function readGlass(context: VerbContext, id: RequestId): Promise<Glass> {
  const request = await stored.read(context, id);
  if (request === null) throw new TypeError(`there is no ${id}`);
  return request;
}
