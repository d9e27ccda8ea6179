import type { EndPacket, PacketPayload } from '../packet/index.js';
import { aboutPacket, sendAnswer } from './answer.js';
import { answerPacket, checkLogged, checkTime, openReleased } from './answer-packet.js';
import type { DoerContext } from './context.js';
import type { ReleasedPacket } from './database.js';
import { endGrants } from './end.js';
import { codeOf } from './failure.js';

const OVERLAP_MS = 300_000;
const FULL_SCAN_MS = 60_000;
const RETRY_MS = 1_000;
/** Packets worked on at once; ends of one system count as one, since they share a lease. */
const CONCURRENCY = 8;
const ENDS_A_LEASE = 20;

/**
 * Takes released packets and answers each with exactly one receipt. Ends go first. Returns a round for repeat() and the
 * ids in hand, which are renewed while they are worked on.
 */
export function packetTaker(context: DoerContext, onAnswered: () => void) {
  const inHand = new Set<string>();
  const underWay = new Set<Promise<void>>();
  const retryAt = new Map<string, number>();
  const released = new Map<string, ReleasedPacket>();
  // One beginning at a time a grant.
  const busy = new Set<string>();
  let newest = 0;
  let scannedAt = 0;

  const round = async (): Promise<boolean> => {
    const now = performance.now();
    const isFull = scannedAt === 0 || now - scannedAt > FULL_SCAN_MS;
    const since = new Date(isFull ? 0 : Math.max(0, newest - OVERLAP_MS));
    const rows = await context.database.findReleased(since, notNow(now));
    if (isFull) scannedAt = now;
    newest = Math.max(newest, ...rows.map((row) => row.releasedAt.getTime()));
    const room = CONCURRENCY - inHand.size;
    const work = await sortOut(rows, Math.max(0, room));
    for (const batch of work) {
      const running = run(batch).finally(() => underWay.delete(running));
      underWay.add(running);
    }
    return false;
  };

  /** In hand, answered with the answer on its way, or put off. Left out by the query: they must not fill its limit. */
  function notNow(now: number): string[] {
    for (const [id, at] of retryAt) if (at <= now) retryAt.delete(id);
    return [...inHand, ...context.disk.pendingReceipts().keys(), ...retryAt.keys()];
  }

  /** Claims what may be worked on now; answers at once what fails before any work. */
  async function sortOut(rows: readonly ReleasedPacket[], room: number): Promise<PacketPayload[][]> {
    const ends = new Map<string, EndPacket[]>();
    const singles: PacketPayload[][] = [];
    for (const row of rows) {
      if (row.answered) await context.database.resend(row).catch((error: unknown) => putBack(row, error));
      else {
        if (row.kind !== 'end' && (singles.length >= room || busy.has(row.requestId))) continue;
        const payload = await admit(row).catch((error: unknown) => putBack(row, error));
        if (payload?.kind === 'end') ends.set(payload.system, [...(ends.get(payload.system) ?? []), payload]);
        else if (payload) {
          busy.add(payload.requestId);
          singles.push([payload]);
        }
      }
    }
    const batches = [...ends.values()].flatMap((all) =>
      Array.from({ length: Math.ceil(all.length / ENDS_A_LEASE) }, (_, at) =>
        all.slice(at * ENDS_A_LEASE, (at + 1) * ENDS_A_LEASE),
      ),
    );
    return [...batches, ...singles];
  }

  /** A claim that failed must not keep those claimed before it: in hand and never worked on, nobody could take them. */
  function putBack(row: ReleasedPacket, error: unknown): null {
    inHand.delete(row.id);
    retryAt.set(row.id, performance.now() + RETRY_MS);
    context.log.error({ packet: row.id.slice(0, 40), code: codeOf(error) }, 'doer: packet not taken yet');
    return null;
  }

  async function admit(row: ReleasedPacket): Promise<PacketPayload | null> {
    const opened = openReleased(context, row);
    const time = 'payload' in opened ? await checkTime(context, opened.payload) : opened.answer;
    if (time === null) retryAt.set(row.id, performance.now() + RETRY_MS);
    if (time === null || !(await context.database.claim(row))) return null;
    if ('payload' in opened) {
      inHand.add(row.id);
      if (time === 'in_time') {
        released.set(row.id, row);
        return opened.payload;
      }
      await sendAnswer(context, aboutPacket(opened.payload), time);
      inHand.delete(row.id);
    } else if (opened.subject) {
      await sendAnswer(context, opened.subject, opened.answer);
    } else {
      context.log.error({ packet: row.id.slice(0, 40) }, 'doer: dropped a packet without a usable id');
      retryAt.set(row.id, Number.POSITIVE_INFINITY);
    }
    onAnswered();
    return null;
  }

  async function run(batch: readonly PacketPayload[]): Promise<void> {
    for (const payload of batch) inHand.add(payload.id);
    try {
      await answerEnds(context, batch);
      for (const payload of batch) if (payload.kind !== 'end') await answerLogged(payload);
    } catch (error) {
      // A fault of our own or our database's: nothing was answered, so the packet is taken up again.
      for (const payload of batch) retryAt.set(payload.id, performance.now() + RETRY_MS);
      context.log.error(
        { packets: batch.map((payload) => payload.id), code: codeOf(error) },
        'doer: packet not answered yet',
      );
    } finally {
      for (const payload of batch) {
        inHand.delete(payload.id);
        released.delete(payload.id);
        if (payload.kind !== 'end') busy.delete(payload.requestId);
      }
      onAnswered();
    }
  }

  /** A log that does not answer keeps its own packet waiting and nothing else; ends never come here. */
  async function answerLogged(payload: PacketPayload): Promise<void> {
    const row = released.get(payload.id);
    const logged = row ? await checkLogged(context, payload, row) : 'unknown';
    if (logged === 'logged') await answerPacket(context, payload);
    else if (logged === 'unknown') retryAt.set(payload.id, performance.now() + RETRY_MS);
    else await sendAnswer(context, aboutPacket(payload), logged);
  }

  return { round, inHand, idle: () => Promise.all(underWay) };
}

async function answerEnds(context: DoerContext, batch: readonly PacketPayload[]): Promise<void> {
  const ends = batch.filter((payload) => payload.kind === 'end');
  const system = ends[0]?.system;
  if (system === undefined) return;
  const answers = await endGrants(context, system, ends, { tellOthersFirst: true });
  for (const [at, payload] of ends.entries()) {
    const answer = answers[at];
    if (answer) await sendAnswer(context, aboutPacket(payload), answer);
  }
}
