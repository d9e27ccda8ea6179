import { RequestId } from '../../../core/tenant.js';
import { adoptCopy } from '../../../store/index.js';
import { surfaceOf } from '../stamp.js';
import type { ActionBody } from './bodies.js';
import type { SlackEdge } from './edge.js';

/** A click on a message of ours that no row knows: from now on that message follows its surface (rule 14). */
export async function adopt({ context }: SlackEdge, body: ActionBody, value: string): Promise<void> {
  const { container } = body;
  const id = RequestId.safeParse(value.split(':')[0]);
  const surface = surfaceOf(body.actions[0]?.block_id);
  if (!id.success || surface === null) return;
  if (!container?.channel_id || !container.message_ts || container.is_ephemeral) return;
  await adoptCopy(context.store, {
    tenant: context.tenant,
    requestId: id.data,
    surface,
    channel: container.channel_id,
    ts: container.message_ts,
    at: context.clock.now(),
  });
}
