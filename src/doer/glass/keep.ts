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

/**
 * Hands over that a use is over. Where another doer showed it once more without knowing, that password is not proved dead:
 * it is owed its end again. Throws while our database is away.
 */
export async function shareProof(context: DoerContext, record: GlassRecord): Promise<void> {
  const shared = await context.database.findGlass(record.requestId);
  if (shared?.state === 'checked_out' && shared.shown.length > refusedBy(record)) {
    context.disk.saveGlass({ ...shared, expiresAt: context.clock.now().toISOString() });
    return;
  }
  if (shared?.state !== 'rotated') await context.database.saveGlass(record);
  context.disk.markProofShared(record.requestId);
}

/** How many shown passwords were proved dead. */
function refusedBy({ proof }: GlassRecord): number {
  const refused = proof?.['refused'];
  return typeof refused === 'number' ? refused : 0;
}

/** Every use of a system that nobody proved over, by our own disk and our database. Throws while that is away. */
export async function glassOut(context: DoerContext, system: string): Promise<GlassLine[]> {
  const shared = await context.database.listGlassOut(system);
  const out = new Map(shared.map((line) => [line.requestId, line]));
  for (const own of context.disk.allGlass().filter((one) => one.system === system)) {
    if (own.state === 'rotated') out.delete(own.requestId);
    else if ((await findGlass(context, own.requestId))?.state === 'checked_out') out.set(own.requestId, own);
  }
  return [...out.values()];
}

/** What shown passwords of a use are sealed to: moved to another record they do not open. */
export const sealedFor = (record: Pick<GlassRecord, 'requestId' | 'account'>): string =>
  `${record.requestId}/${record.account}`;
