import type { EndPacket, PacketPayload } from '../packet/index.js';
import { aboutPacket, sendAnswer } from './answer.js';
import { answerPacket, checkLogged, checkTime, openReleased } from './answer-packet.js';
import type { DoerContext } from './context.js';
import type { ReleasedPacket } from './database.js';
import { endGrants } from './end.js';
import { codeOf } from './failure.js';
import { isEnding, packetHand } from './hand.js';

/** Packets worked on at once; what ends something waits for no room. */
const CONCURRENCY = 8;
const ENDS_A_LEASE = 20;

/**
 * Takes released packets and answers each with exactly one receipt. Ends go first. Returns a round for repeat() and the
 * ids in hand, which are renewed while they are worked on.
 */
export function packetTaker(context: DoerContext, onAnswered: () => void) {
  const hand = packetHand();
  const underWay = new Set<Promise<void>>();

  const round = async (): Promise<boolean> => {
    const answered = context.disk.pendingReceipts().keys();
    const rows = await context.database.findReleased([...hand.notNow(), ...answered]);
    for (const batch of await sortOut(rows)) {
      const running = run(batch).finally(() => underWay.delete(running));
      underWay.add(running);
    }
    return false;
  };

  /** Claims what may be worked on now; answers at once what fails before any work. */
  async function sortOut(rows: readonly ReleasedPacket[]): Promise<PacketPayload[][]> {
    const ends: EndPacket[] = [];
    const singles: PacketPayload[][] = [];
    for (const row of rows) {
      if (row.answered) {
        await context.database.resend(row.id).catch((error: unknown) => putBack(row, error));
        continue;
      }
      if (row.kind !== 'end' && hand.isBusy(row)) continue;
      if (!isEnding(row) && hand.beginnings() >= CONCURRENCY) continue;
      const payload = await admit(row).catch((error: unknown) => putBack(row, error));
      if (payload === null) continue;
      hand.begin(payload);
      if (payload.kind === 'end') ends.push(payload);
      else singles.push([payload]);
    }
    return [...leasesFor(ends), ...singles];
  }

  /** A claim that failed must not keep those claimed before it: in hand and never worked on, nobody could take them. */
  function putBack(row: ReleasedPacket, error: unknown): null {
    hand.drop(row.id);
    hand.putOff(row.id);
    context.log.error({ packet: row.id.slice(0, 40), code: codeOf(error) }, 'doer: packet not taken yet');
    return null;
  }

  async function admit(row: ReleasedPacket): Promise<PacketPayload | null> {
    const opened = openReleased(context, row);
    const time = 'payload' in opened ? await checkTime(context, opened.payload) : opened.answer;
    if (time === null) hand.putOff(row.id);
    if (time === null || !(await context.database.claim(row.id))) return null;
    if ('payload' in opened) {
      hand.take(row);
      if (time === 'in_time') return opened.payload;
      await sendAnswer(context, aboutPacket(opened.payload), time);
      hand.drop(row.id);
    } else if (opened.subject) {
      await sendAnswer(context, opened.subject, opened.answer);
    } else {
      context.log.error({ packet: row.id.slice(0, 40) }, 'doer: dropped a packet without a usable id');
      hand.putOff(row.id, Number.POSITIVE_INFINITY);
    }
    onAnswered();
    return null;
  }

  async function run(batch: readonly PacketPayload[]): Promise<void> {
    try {
      await answerEnds(context, batch);
      for (const payload of batch) if (payload.kind !== 'end') await answerLogged(payload);
    } catch (error) {
      // A fault of our own or our database's: nothing was answered, so the packet is taken up again.
      for (const payload of batch) hand.putOff(payload.id);
      context.log.error(
        { packets: batch.map((payload) => payload.id), code: codeOf(error) },
        'doer: packet not answered yet',
      );
    } finally {
      for (const payload of batch) hand.finish(payload);
      onAnswered();
    }
  }

  /** A log that does not answer keeps its own packet waiting and nothing else; ends never come here. */
  async function answerLogged(payload: PacketPayload): Promise<void> {
    const row = hand.rowOf(payload.id);
    const logged = row ? await checkLogged(context, payload, row) : 'unknown';
    if (logged === 'logged') await answerPacket(context, payload);
    else if (logged === 'unknown') hand.putOff(payload.id);
    else await sendAnswer(context, aboutPacket(payload), logged);
  }

  return { round, inHand: hand.ids, idle: () => Promise.all(underWay) };
}

/** Ends of one system, as many together as one lease serves. */
function leasesFor(ends: readonly EndPacket[]): EndPacket[][] {
  const systems = [...new Set(ends.map(({ system }) => system))];
  return systems.flatMap((system) => {
    const all = ends.filter((end) => end.system === system);
    return Array.from({ length: Math.ceil(all.length / ENDS_A_LEASE) }, (_, at) =>
      all.slice(at * ENDS_A_LEASE, (at + 1) * ENDS_A_LEASE),
    );
  });
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
