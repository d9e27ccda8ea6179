import type { AlertSink, Capability, VerbContext } from '../../capabilities/index.js';
import type { RequestId } from '../../core/tenant.js';
import { readRequest } from '../../store/index.js';
import { ownerOf } from '../owner.js';

/** Lets the capability of a request know that an alert of it arrived. */
export type Told = (requestId: RequestId, sink: AlertSink) => Promise<void>;

export const tellCapability =
  (context: VerbContext, capabilities: readonly Capability[]): Told =>
  async (requestId, sink) => {
    const request = await readRequest(context.store, context.tenant, requestId);
    const capability = ownerOf(capabilities, request);
    if (request !== null) await capability?.told?.(context, request, sink);
  };
