import { Hono } from 'hono';
import type { Capability, VerbContext } from '../../capabilities/index.js';
import type { Anchor } from '../../ledger/index.js';
import { publicRoutes } from './api.js';
import { auditorReads } from './audit-reads.js';
import { documentRoutes } from './documents.js';

/** Everything the app answers over HTTP besides Slack's deliveries. */
export const apiRoutes = (
  context: VerbContext,
  capabilities: readonly Capability[],
  anchors: readonly Anchor[],
): Hono =>
  new Hono()
    .route('/', publicRoutes(context))
    .route('/', auditorReads(context, anchors))
    .route('/', documentRoutes(context, capabilities));
