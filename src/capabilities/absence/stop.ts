import { ok } from '../../core/outcome.js';
import type { VerbContext } from '../define.js';
import { endByItself } from './end.js';
import type { AwayRequest } from './schemas.js';

export const stops = ({ state }: AwayRequest): boolean => state === 'away';

/** Somebody without power stands in nobody's way, and names nobody. */
export const stop = async (context: VerbContext, request: AwayRequest) =>
  stops(request) ? endByItself(context, request) : ok(null);
