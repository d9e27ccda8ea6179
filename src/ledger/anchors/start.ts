import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { parseCheckpointText } from '../../core/checkpoint.js';
import type { Clock } from '../../core/clock.js';
import { parseNote } from '../../core/note.js';
import type { TenantId } from '../../core/tenant.js';
import { pause } from '../pause.js';
import { publishedLog } from '../publish.js';
import { readTree, storedTiles } from '../tree-reader.js';
import type { AnchoredCheckpoint } from '../verify-anchors.js';
import type { Anchor, Anchoring } from './anchor.js';

export interface AnchoringOptions {
  pool: Pool;
  tenant: TenantId;
  anchors: readonly Anchor[];
  clock: Clock;
  everyMilliseconds: number;
  /** Told once an anchor is this far behind, and again after each further such span: silence is what an attacker wants. */
  lagAlarmMilliseconds: number;
  onLag: (lag: { anchor: string; domain: string; milliseconds: number; reason: string }) => Promise<void>;
  log: Pick<Logger, 'warn'>;
}

/** Hands each new checkpoint to every anchor, each at its own pace: one that is down delays no other. */
export function startAnchoring(options: AnchoringOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const loops = options.anchors.map((anchor) => follow(options, anchor, stopping.signal));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

interface Lag {
  behindSince: Date | null;
  alarms: number;
}

async function follow(options: AnchoringOptions, anchor: Anchor, signal: AbortSignal): Promise<void> {
  const lag: Lag = { behindSince: null, alarms: 0 };
  while (!signal.aborted) {
    let wait = options.everyMilliseconds;
    try {
      if (await anchorNewest(options, anchor)) wait = Math.max(wait, anchor.paceMilliseconds);
      Object.assign(lag, { behindSince: null, alarms: 0 });
    } catch (error) {
      await tellLag(options, anchor, lag, error instanceof Error ? error.message : 'unknown failure');
    }
    await pause(wait, signal);
  }
}

async function tellLag(
  { clock, lagAlarmMilliseconds, onLag, log }: AnchoringOptions,
  anchor: Anchor,
  lag: Lag,
  reason: string,
): Promise<void> {
  const now = clock.now();
  lag.behindSince ??= now;
  const milliseconds = now.getTime() - lag.behindSince.getTime();
  log.warn({ anchor: anchor.name, milliseconds, reason }, 'ledger: an anchor did not take the checkpoint');
  if (milliseconds < lagAlarmMilliseconds * (lag.alarms + 1)) return;
  lag.alarms += 1;
  await onLag({ anchor: anchor.name, domain: anchor.domain, milliseconds, reason }).catch((error: unknown) =>
    log.warn({ err: error }, 'ledger: the lag alarm could not be raised'),
  );
}

/** Submits the newest checkpoint; false when there is none, or this anchor has it. */
export async function anchorNewest(
  { pool, tenant, clock }: Pick<AnchoringOptions, 'pool' | 'tenant' | 'clock'>,
  anchor: Anchor,
): Promise<boolean> {
  const note = await publishedLog(pool, tenant).checkpoint();
  if (note === null) return false;
  const checkpoint: Anchoring = {
    ...parseCheckpointText(parseNote(note).text),
    note,
    consistency: (older) => readTree(storedTiles(pool, tenant), checkpoint.size).consistency(older),
  };
  const done = await pool.query(
    'SELECT FROM ledger.ledger_anchor WHERE tenant = $1 AND anchor = $2 AND size >= $3',
    [tenant, anchor.name, checkpoint.size],
  );
  if (done.rowCount !== 0) return false;
  const cosignature = await anchor.submit(checkpoint);
  if (cosignature)
    await pool.query(
      'INSERT INTO ledger.ledger_cosignature (tenant, size, witness, line) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
      [tenant, checkpoint.size, cosignature.witness, cosignature.line],
    );
  await pool.query(
    `INSERT INTO ledger.ledger_anchor (tenant, anchor, domain, size, root, anchored_at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (tenant, anchor) DO UPDATE SET size = excluded.size, root = excluded.root, anchored_at = excluded.anchored_at`,
    [tenant, anchor.name, anchor.domain, checkpoint.size, checkpoint.root, clock.now()],
  );
  return true;
}

/** What each anchor keeps of a log now: for verification, and for the sequencer's refusal to go on from a rollback. */
export async function readAnchors(anchors: readonly Anchor[], origin: string): Promise<AnchoredCheckpoint[]> {
  return Promise.all(
    anchors.map(async ({ name, domain, newest }) => ({
      anchor: name,
      domain,
      checkpoint: await newest(origin).catch(() => null),
    })),
  );
}
