import type { WebClient } from '@slack/web-api';
import type { AlertSink, Capability, ChannelName, Names } from '../../../capabilities/index.js';
import type { Clock } from '../../../core/clock.js';
import type { FaultHook } from '../../../core/faults.js';
import type { RequestId, TenantId } from '../../../core/tenant.js';
import type { Store } from '../../../store/index.js';

export interface ProjectorDeps {
  tenant: TenantId;
  store: Store;
  clock: Clock;
  client: WebClient;
  capabilities: readonly Capability[];
  names: () => Names;
  /** Slack's ids of the channels we speak in. */
  channels: Readonly<Record<ChannelName, string>>;
  /** The Slack account of a principal, or null where they have none. */
  accountOf: (principal: string) => string | null;
  /** An alert among the surfaces of a request stands in Slack. */
  told: (requestId: RequestId, sink: AlertSink) => Promise<void>;
  hook: FaultHook;
}
