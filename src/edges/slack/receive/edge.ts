import type { Receiver } from '@slack/bolt';
import type { Capability, VerbContext } from '../../../capabilities/index.js';
import type { FaultHook } from '../../../core/faults.js';
import type { Log } from '../../log.js';

export interface SlackEdge {
  context: VerbContext;
  capabilities: readonly Capability[];
  botToken: string;
  slackApiUrl: string | undefined;
  receiver: Receiver;
  hook: FaultHook;
  log: Log;
}
