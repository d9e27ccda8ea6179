import { oblige } from '../../policy/index.js';
import type { Step } from '../define.js';
import type { WindowState } from './machine.js';
import type { Details } from './schemas.js';
import { transition } from './stored.js';

/** Its time is over. Every use compares its end with the clock, so this records an end that has happened. */
export const expire: Step<WindowState, Details> = (context, request) =>
  transition(context, request, {
    on: 'expire',
    details: request.details,
    dueAt: null,
    at: context.clock.now(),
    decision: oblige({
      rule: 'window.expired',
      message: 'The window is over.',
      basis: { request: request.id, endsAt: request.details.terms.endsAt },
    }),
    event: {
      type: 'window.expired',
      actor: { process: 'worker' },
      data: { used: request.details.used.length },
    },
  });
