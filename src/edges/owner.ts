import type { Capability } from '../capabilities/index.js';
import type { StoredRequest } from '../store/index.js';

/** The capability whose request this is; undefined where there is no request, or none here knows it. */
export const ownerOf = (
  capabilities: readonly Capability[],
  request: Pick<StoredRequest, 'capability'> | null,
): Capability | undefined => capabilities.find(({ name }) => name === request?.capability);
