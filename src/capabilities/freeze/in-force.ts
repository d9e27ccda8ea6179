import { RequestId } from '../../core/tenant.js';
import { readRequestsById } from '../../store/index.js';
import { typedRequest, type VerbContext } from '../define.js';
import { readFrozen } from '../principal-facts.js';
import type { Freeze } from './schemas.js';
import { kind } from './stored.js';

/** Every freeze in force, oldest first. */
export async function freezesInForce(context: VerbContext): Promise<Freeze[]> {
  const ids = (await readFrozen(context)).map(({ freeze }) => RequestId.parse(freeze));
  const requests = await readRequestsById(context.store, context.tenant, ids);
  return requests
    .map((request) => typedRequest(kind, request))
    .toSorted((one, other) => one.number - other.number);
}
