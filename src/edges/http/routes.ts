import { Hono } from 'hono';
import type { Capability, VerbContext } from '../../capabilities/index.js';
import { type Anchor, logOrigin, readAnchors } from '../../ledger/index.js';
import type { Log } from '../log.js';
import { publicRoutes } from './api.js';
import { auditRoutes } from './audit.js';
import { ledgeredAuditors } from './auditor-entries.js';
import { documentRoutes } from './documents.js';

/** Everything the app answers over HTTP besides Slack's deliveries. */
export function apiRoutes(options: {
  context: VerbContext;
  capabilities: readonly Capability[];
  anchors: readonly Anchor[];
  log: Log;
}): Hono {
  const { context, capabilities, anchors, log } = options;
  const { store, tenant } = context;
  const auditors = ledgeredAuditors(context, log);
  const audit = auditRoutes({
    pool: store.pool,
    tenant,
    subjectKeys: store.subjectKeys,
    anchored: () => readAnchors(anchors, logOrigin(tenant)),
    auditors,
  });
  return new Hono()
    .route('/', publicRoutes(context))
    .route('/', audit)
    .route('/', documentRoutes(context, capabilities, auditors));
}
