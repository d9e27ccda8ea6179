import type { RequestId } from '../../core/tenant.js';
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
export const { list, onCurrent, transition, changeOf, openingOf } = stored;

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
