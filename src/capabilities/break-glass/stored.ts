import type { RequestId } from '../../core/tenant.js';
import { readRequest } from '../../store/index.js';
import { typedRequest, type VerbContext } from '../define.js';
import { storedAs } from '../stored.js';
import { machine } from './machine.js';
import { Details, eventTypes, type Glass, type Justification, type Review, type Use } from './schemas.js';

export const NAME = 'break-glass';
/** Rego packages know no hyphen. */
export const ENTRYPOINT = 'break_glass/decision';

export const { list, onCurrent, transition, changeOf } = storedAs({
  name: NAME,
  machine,
  details: Details,
  eventTypes,
});

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
  const stored = await readRequest(context.store, context.tenant, id);
  if (stored === null) throw new TypeError(`there is no ${id}`);
  return typedRequest({ name: NAME, machine, details: Details }, stored);
}
