import type { TargetSession } from '../../connectors/connector.js';
import { sealText } from '../../credentials/index.js';
import type { RevealPacket } from '../../packet/index.js';
import { type Answer, rejected } from '../answer.js';
import type { DoerContext } from '../context.js';
import { credentialFor, mintPassword } from '../mint.js';
import { glassOf } from '../targets.js';
import { inTargetTime } from '../times.js';
import { isEndedForGood } from '../tombstones.js';
import { findGlass, keepGlass, sealedFor } from './keep.js';
import type { GlassRecord } from './record.js';

/** Nobody reads a password thirty times; each is proved dead at the end. */
const MOST_SHOWINGS = 30;

/**
 * Rule 9 for a break-glass account: a password at the moment of showing, an end at the target itself, and the password
 * kept under our own key until it is proved dead. Throws what the target throws.
 */
export function showGlass(context: DoerContext, packet: RevealPacket, account: string): Promise<Answer> {
  return context.accountTurn(account, async () => {
    const record = await findGlass(context, packet.requestId);
    if (record === null || record.system !== packet.system || !isLive(context, record))
      return rejected('grant_not_live');
    if (await isEndedForGood(context, packet.requestId)) return rejected('grant_not_live');
    if (record.subject !== packet.subject) return rejected('subject_mismatch');
    if (record.shown.length >= MOST_SHOWINGS) return rejected('limit_rate');
    const target = glassOf(context.systems.find(record.system));
    if (target === null) return rejected('limit_system');
    return context.systems.withSession(record.system, { place: null, uses: [packet] }, (session) =>
      mint(context, packet, { record, target, session }),
    );
  });
}

const isLive = (context: DoerContext, record: GlassRecord): boolean =>
  record.state === 'checked_out' && Date.parse(record.expiresAt) > context.clock.now().getTime();

async function mint(
  context: DoerContext,
  packet: RevealPacket,
  {
    record,
    target,
    session,
  }: { record: GlassRecord; target: NonNullable<ReturnType<typeof glassOf>>; session: TargetSession },
): Promise<Answer> {
  await context.faults('doer.leased');
  if (session.breakGlass === undefined) return rejected('limit_system');
  const password = mintPassword();
  const box = sealText(context.sealedKey, sealedFor(record), password);
  const kept: GlassRecord = { ...record, shown: [...record.shown, box] };
  await keepGlass(context, kept);
  await session.breakGlass.openAccount(record.account, {
    password,
    validUntil: inTargetTime(context.clock, new Date(record.expiresAt)),
  });
  await context.faults('doer.created');
  if (await isEndedForGood(context, packet.requestId)) {
    // Another doer ended it while we minted: it is owed its end again, and nothing is shown.
    await keepGlass(context, { ...kept, expiresAt: context.clock.now().toISOString() });
    return rejected('grant_not_live');
  }
  return {
    outcome: 'revealed',
    code: 'done',
    account: record.account,
    expiresAt: record.expiresAt,
    ciphertext: await credentialFor(packet.recipient, target, {
      database: target.database,
      user: record.account,
      password,
    }),
  };
}
