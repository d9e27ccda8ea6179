import { createHash, randomUUID } from 'node:crypto';
import type { Surface } from '../../../capabilities/index.js';
import type { RequestId } from '../../../core/tenant.js';
import { readRequest } from '../../../store/index.js';
import { slackErrorOf } from '../receive/answer.js';
import { type Channels, openChannels } from './channels.js';
import type { ProjectorDeps } from './deps.js';
import { type Placed, readPlaced, releaseLease, savePlaced, takeLease, withdrawPlaced } from './placed.js';

/**
 * Makes Slack show a request as it is now (rule 14): posts what is missing, updates what differs, posts anew what was
 * deleted. Resolves to false when another worker holds this request; throws when Slack does, and is then called again.
 */
export type Projector = (requestId: RequestId) => Promise<boolean>;

export function createProjector(deps: ProjectorDeps): Projector {
  const channels = openChannels(deps);
  return async (requestId) => {
    const holder = randomUUID();
    if (!(await takeLease(deps, requestId, holder))) return false;
    try {
      await projectNow(deps, channels, requestId);
      return true;
    } finally {
      await releaseLease(deps, requestId, holder);
    }
  };
}

async function projectNow(deps: ProjectorDeps, channels: Channels, requestId: RequestId): Promise<void> {
  const request = await readRequest(deps.store, deps.tenant, requestId);
  const capability = deps.capabilities.find((candidate) => candidate.name === request?.capability);
  if (request === null || capability === undefined) return;
  const surfaces = capability.surfaces(request, deps.names());
  const placed = await readPlaced(deps, requestId);
  let refused: unknown = null;
  for (const surface of surfaces) {
    const under = surface.under === undefined ? undefined : placed.get(surface.under);
    if (surface.under !== undefined && under === undefined) continue;
    try {
      const at = await place(deps, channels, surface, placed.get(surface.name), under?.ts);
      if (at === null) continue;
      placed.set(surface.name, at);
      await savePlaced(deps, requestId, surface.name, at);
    } catch (error) {
      // Slack's no to one message (somebody has left, say) keeps nobody else from theirs; away, it is asked no further.
      if (slackErrorOf(error) === null) throw error;
      refused ??= error;
    }
  }
  await refreshCopies(deps, channels, requestId, surfaces, placed);
  if (refused !== null) throw refused;
}

/** Null where the person has no Slack account: there is nowhere to show it. */
async function place(
  deps: ProjectorDeps,
  channels: Channels,
  surface: Surface,
  known: Placed | undefined,
  threadTs: string | undefined,
): Promise<Placed | null> {
  const digest = digestOf(surface);
  if (known !== undefined && known.digest === digest) return known;
  if (known !== undefined && (await update(channels, known, surface))) {
    await deps.hook('worker.updated');
    return { ...known, digest };
  }
  const channel = await channels.of(surface.at);
  if (channel === null) return null;
  const ts = await channels.paced(channel, 'post', async () => {
    const posted = await deps.client.chat.postMessage({
      channel,
      text: surface.text,
      blocks: [...surface.blocks],
      unfurl_links: false,
      ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    });
    return posted.ts ?? '';
  });
  await deps.hook('worker.posted');
  return { channel, ts, digest };
}

/** False when the message is gone and must be posted again. */
async function update(channels: Channels, known: Placed, surface: Surface): Promise<boolean> {
  try {
    await channels.paced(known.channel, 'update', () => channels.update(known, surface));
    return true;
  } catch (error) {
    if (slackErrorOf(error) === 'message_not_found') return false;
    throw error;
  }
}

/** Copies we had not known of (a post whose note was lost) show what their channel's own message shows. */
async function refreshCopies(
  deps: ProjectorDeps,
  channels: Channels,
  requestId: RequestId,
  surfaces: readonly Surface[],
  placed: ReadonlyMap<string, Placed>,
): Promise<void> {
  for (const [name, copy] of placed) {
    if (!name.startsWith('copy:')) continue;
    const original = surfaces.find(
      (surface) => surface.under === undefined && placed.get(surface.name)?.channel === copy.channel,
    );
    if (original === undefined || copy.digest === digestOf(original)) continue;
    if (await update(channels, copy, original))
      await savePlaced(deps, requestId, name, { ...copy, digest: digestOf(original) });
    else await withdrawPlaced(deps, requestId, name);
  }
}

const digestOf = (surface: Surface): string =>
  createHash('sha256')
    .update(JSON.stringify([surface.text, surface.blocks]))
    .digest('hex');
