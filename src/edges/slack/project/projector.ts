import { createHash, randomUUID } from 'node:crypto';
import type { Surface } from '../../../capabilities/index.js';
import { CountersignError } from '../../../core/errors.js';
import type { RequestId } from '../../../core/tenant.js';
import { readRequest } from '../../../store/index.js';
import { ownerOf } from '../../owner.js';
import { slackErrorOf } from '../slack-error.js';
import { stamped } from '../stamp.js';
import { type Channels, openChannels } from './channels.js';
import type { ProjectorDeps } from './deps.js';
import {
  type Placed,
  readPlaced,
  releaseLease,
  renewLease,
  savePlaced,
  takeLease,
  withdrawPlaced,
} from './placed.js';

/**
 * Makes Slack show a request as it is now (rule 14): posts what is missing, updates what differs, posts anew what was
 * deleted. Resolves to false when another worker holds this request; throws when Slack does, and is then called again.
 */
export type Projector = (requestId: RequestId) => Promise<boolean>;

export function createProjector(deps: ProjectorDeps): Projector {
  const channels = openChannels(deps);
  const unnoted = new Map<string, Placed>();
  return async (requestId) => {
    const holder = randomUUID();
    if (!(await takeLease(deps, requestId, holder))) return false;
    const hold = () => renewLease(deps, requestId, holder);
    try {
      await projectNow({ ...deps, channels, unnoted, hold }, requestId);
      return true;
    } catch (error) {
      if (error instanceof CountersignError && error.code === 'lease_lost') return false;
      throw error;
    } finally {
      await releaseLease(deps, requestId, holder);
    }
  };
}

interface Showing extends Omit<ProjectorDeps, 'channels'> {
  channels: Channels;
  /** What stands in Slack while our database, away just then, does not know it: nothing of it is posted again. */
  unnoted: Map<string, Placed>;
  /** Called before Slack is; throws when this request is another worker's by now. */
  hold: () => Promise<void>;
}

async function projectNow(deps: Showing, requestId: RequestId): Promise<void> {
  const request = await readRequest(deps.store, deps.tenant, requestId);
  const capability = ownerOf(deps.capabilities, request);
  if (request === null || capability === undefined) return;
  const names = deps.names();
  const surfaces = [
    ...capability.surfaces(request, names),
    ...(await capability.fromLedger(deps, request, names)),
  ];
  const placed = await readPlaced(deps, requestId);
  let refused: unknown = null;
  for (const surface of surfaces) {
    const under = surface.under === undefined ? undefined : placed.get(surface.under);
    if (surface.under !== undefined && under === undefined) continue;
    try {
      const known = deps.unnoted.get(`${requestId} ${surface.name}`) ?? placed.get(surface.name);
      const at = await place(deps, surface, known, under?.ts);
      if (at === null) continue;
      placed.set(surface.name, at);
      await note(deps, requestId, surface.name, at);
      if (surface.isAlert) await deps.told(requestId, 'slack');
    } catch (error) {
      // Slack's no to one message (somebody has left, say) keeps nobody else from theirs; away, it is asked no further.
      if (slackErrorOf(error) === null) throw error;
      refused ??= error;
    }
  }
  await refreshCopies(deps, requestId, surfaces, placed);
  if (refused !== null) throw refused;
}

async function note(deps: Showing, requestId: RequestId, surface: string, at: Placed): Promise<void> {
  const key = `${requestId} ${surface}`;
  deps.unnoted.set(key, at);
  await savePlaced(deps, requestId, surface, at);
  deps.unnoted.delete(key);
}

/** Null where there is nowhere to show it: the person has no Slack account, or the thread is not for us to see. */
async function place(
  deps: Showing,
  surface: Surface,
  known: Placed | undefined,
  under: string | undefined,
): Promise<Placed | null> {
  const digest = digestOf(surface);
  if (known !== undefined && known.digest === digest) return known;
  if (known !== undefined && (await update(deps, known, surface))) {
    await deps.hook('worker.updated');
    return { ...known, digest };
  }
  const channel = await deps.channels.of(surface.at);
  if (channel === null) return null;
  const threadTs = 'thread' in surface.at ? surface.at.thread.ts : under;
  const ts = await post(deps, channel, surface, threadTs);
  if (ts === null) return null;
  await deps.hook('worker.posted');
  return { channel, ts, digest };
}

/** Null when the thread is in a channel Countersign is no member of, or gone. */
async function post(
  { channels, client, hold }: Showing,
  channel: string,
  surface: Surface,
  threadTs: string | undefined,
): Promise<string | null> {
  try {
    return await channels.paced(channel, 'post', async () => {
      await hold();
      const posted = await client.chat.postMessage({
        channel,
        text: surface.text,
        blocks: stamped(surface.name, surface.blocks),
        unfurl_links: false,
        ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
      });
      return posted.ts ?? '';
    });
  } catch (error) {
    if ('thread' in surface.at && NOT_OURS.has(slackErrorOf(error) ?? '')) return null;
    throw error;
  }
}

const NOT_OURS: ReadonlySet<string> = new Set([
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'thread_not_found',
]);

/** False when the message is gone and must be posted again. */
async function update({ channels, hold }: Showing, known: Placed, surface: Surface): Promise<boolean> {
  try {
    await channels.paced(known.channel, 'update', async () => {
      await hold();
      await channels.update(known, surface);
    });
    return true;
  } catch (error) {
    if (slackErrorOf(error) === 'message_not_found') return false;
    throw error;
  }
}

/** Copies we had not known of (a post whose note was lost) show what the message they are a copy of shows. */
async function refreshCopies(
  deps: Showing,
  requestId: RequestId,
  surfaces: readonly Surface[],
  placed: ReadonlyMap<string, Placed>,
): Promise<void> {
  for (const [name, copy] of placed) {
    const copied = COPY.exec(name)?.[1];
    const original = surfaces.find((surface) => surface.name === copied);
    if (original === undefined || copy.digest === digestOf(original)) continue;
    if (await update(deps, copy, original))
      await savePlaced(deps, requestId, name, { ...copy, digest: digestOf(original) });
    else await withdrawPlaced(deps, requestId, name);
  }
}

const COPY = /^copy:[\d.]+:(.+)$/u;

const digestOf = (surface: Surface): string =>
  createHash('sha256')
    .update(JSON.stringify([surface.text, surface.blocks]))
    .digest('hex');
