import type { RequestId } from '../../core/tenant.js';
import type { DoerContext } from '../context.js';
import type { GlassLine, GlassRecord } from './record.js';

/** What is known of a use: our own disk, and what another doer showed of it where our database answers. */
export async function findGlass(context: DoerContext, requestId: RequestId): Promise<GlassRecord | null> {
  const own = context.disk.glassOf(requestId) ?? null;
  const shared = await context.database.findGlass(requestId).catch((error: unknown) => {
    if (own !== null) return null;
    throw error;
  });
  if (own === null || shared === null) return own ?? shared;
  if (own.state === 'rotated' || shared.state === 'rotated') return own.state === 'rotated' ? own : shared;
  const shown = new Map([...shared.shown, ...own.shown].map((box) => [box.iv, box]));
  return { ...own, shown: [...shown.values()] };
}

/** On our own disk first: that alone must suffice to end it. */
export async function keepGlass(context: DoerContext, record: GlassRecord): Promise<void> {
  context.disk.saveGlass(record);
  await context.database.saveGlass(record);
}

/** Every use of a system that our own disk or another doer knows; where one proved the end, it is over. */
export async function knownGlass(context: DoerContext, system: string): Promise<GlassLine[]> {
  const known = new Map<RequestId, GlassLine>();
  for (const line of await context.database.listGlass(system)) known.set(line.requestId, line);
  for (const own of context.disk.allGlass())
    if (own.system === system && known.get(own.requestId)?.state !== 'rotated') known.set(own.requestId, own);
  return [...known.values()];
}

/** What shown passwords of a use are sealed to: moved to another record they do not open. */
export const sealedFor = (record: Pick<GlassRecord, 'requestId' | 'account'>): string =>
  `${record.requestId}/${record.account}`;
