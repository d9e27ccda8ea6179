import type { RevealPacket } from '../packet/index.js';
import { type Answer, answerOf, rejected } from './answer.js';
import type { DoerContext } from './context.js';
import { findGlass } from './glass/keep.js';
import { showGlass } from './glass/show.js';
import type { GrantRecord } from './grant-record.js';
import { credentialFor, mintPassword } from './mint.js';
import { latestOfAnyDoer } from './times.js';
import { isEndedForGood } from './tombstones.js';

/**
 * Mints a password at the moment of showing (rule 9): the target gets a verifier, the asker's one-use key gets the clear
 * text, and whatever was shown before stops working. One older than what was shown last is refused.
 */
export async function reveal(context: DoerContext, packet: RevealPacket): Promise<Answer> {
  await context.faults('doer.verified');
  // Shared by all doers: a packet put off, or in another doer's hands, must not kill what was shown after it was signed.
  const release = await context.database.lock(`showing ${packet.requestId}`);
  try {
    return await answerOf(() => showNewest(context, packet));
  } finally {
    release();
  }
}

async function showNewest(context: DoerContext, packet: RevealPacket): Promise<Answer> {
  const { requestId, notBefore } = packet;
  const latest = latestOfAnyDoer(context.clock);
  if (!(await context.database.beginShowing(requestId, new Date(notBefore), latest)))
    return rejected('showing_superseded');
  const glass = await findGlass(context, requestId);
  return glass === null ? revealGrant(context, packet) : showGlass(context, packet, glass.account);
}

async function revealGrant(context: DoerContext, packet: RevealPacket): Promise<Answer> {
  const record = context.disk.owed(packet.requestId) ?? (await context.database.findGrant(packet.requestId));
  if (record?.state !== 'live' || record.system !== packet.system) return rejected('grant_not_live');
  if (await isEndedForGood(context, packet.requestId)) return rejected('grant_not_live');
  if (record.subject !== packet.subject) return rejected('subject_mismatch');
  if (Date.parse(record.expiresAt) <= context.clock.now().getTime()) return rejected('grant_not_live');
  return mint(context, packet, record);
}

async function mint(context: DoerContext, packet: RevealPacket, record: GrantRecord): Promise<Answer> {
  const target = context.systems.find(record.system);
  const place = record.scope === null ? undefined : target?.scopes[record.scope];
  if (!target || !place) return rejected('limit_scope');
  if (target.kind !== 'postgres') return rejected('no_credential');
  const database = place.database ?? target.maintenanceDatabase;
  return context.systems.withSession(record.system, { place, uses: [packet] }, async (session) => {
    await context.faults('doer.leased');
    const account = await session.readAccount(record.account, place);
    if (!account?.canLogin || account.id !== record.accountId) return rejected('grant_not_live');
    if (session.own === null) return rejected('no_credential');
    const password = mintPassword();
    await session.own.setPassword(record.account, password);
    await context.faults('doer.created');
    const ciphertext = await credentialFor(packet.recipient, target, {
      database,
      user: record.account,
      password,
    });
    return {
      outcome: 'revealed',
      code: 'done',
      account: record.account,
      expiresAt: record.expiresAt,
      ciphertext,
    };
  });
}
