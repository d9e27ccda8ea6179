import type { WebClient } from '@slack/web-api';
import type { VerbContext } from '../../capabilities/index.js';
import { parseVerifierKey } from '../../core/note.js';
import { type Anchor, publishedLog, readAnchorSettings, startAnchoring } from '../../ledger/index.js';
import type { Store } from '../../store/index.js';
import type { Log } from '../log.js';
import type { Alerter } from './alert.js';

/** How often each anchor is offered what is new: with it begins the residual window (docs/ledger.md). */
export const ANCHORING_MILLISECONDS = 10_000;
const LAG_ALARM_MILLISECONDS = 120_000;
const HISTORY_MESSAGES = 50;

/** Of a verb's context, what anchoring needs. */
export type LogContext = Pick<VerbContext, 'tenant' | 'clock'> & { store: Pick<Store, 'pool'> };

/** The anchors that the installation's `anchors.json` names; none without the file. */
export async function openAnchors(options: {
  file: string | undefined;
  context: LogContext;
  client: WebClient;
}): Promise<Anchor[]> {
  const { file, context, client } = options;
  if (file === undefined) return [];
  const log = publishedLog(context.store.pool, context.tenant);
  return readAnchorSettings(file, {
    keysOf: async () => (await log.verifierKeys()).map(parseVerifierKey),
    post: async (channel, text) => void (await client.chat.postMessage({ channel, text })),
    history: async (channel) => {
      const { messages = [] } = await client.conversations.history({ channel, limit: HISTORY_MESSAGES });
      return messages.flatMap(({ text }) => (text === undefined ? [] : [text]));
    },
  });
}

/** Hands checkpoints out while the worker runs. An anchor that falls behind is an alert. */
export function anchorLedger(options: {
  anchors: readonly Anchor[];
  context: LogContext;
  alert: Alerter;
  log: Log;
  everyMilliseconds?: number;
}): { stop(): Promise<void> } {
  const { anchors, context, alert, log, everyMilliseconds = ANCHORING_MILLISECONDS } = options;
  return startAnchoring({
    pool: context.store.pool,
    tenant: context.tenant,
    anchors,
    clock: context.clock,
    everyMilliseconds,
    lagAlarmMilliseconds: LAG_ALARM_MILLISECONDS,
    onLag: async ({ anchor, domain, milliseconds, reason }) =>
      void (await alert({
        kind: 'alert',
        alert: 'ledger.anchor_behind',
        occasion: `${anchor}-${milliseconds}`,
        text: `The ledger's anchor ${anchor} (${domain}) is ${Math.round(milliseconds / 1000)} s behind: ${reason}`,
        requestId: null,
      })),
    log,
  });
}
