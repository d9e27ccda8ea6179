import type { BreakGlassSession, TargetSession } from '../../connectors/connector.js';
import { sha256Hex } from '../../core/canonical.js';
import type { CheckOutPacket } from '../../packet/index.js';
import { type Answer, answerOf, rejected } from '../answer.js';
import type { DoerContext } from '../context.js';
import type { SystemLimits } from '../limits.js';
import { glassOf } from '../targets.js';
import { clockSkewOf, endOf } from '../times.js';
import { isEndedForGood } from '../tombstones.js';
import { findGlass, keepGlass } from './keep.js';
import type { GlassRecord } from './record.js';

/**
 * Hands a break-glass account to one person: the end is owed on our own disk, and what can persist at the target is
 * written down, before any credential of it exists. Shows nothing yet.
 */
export async function checkOut(context: DoerContext, packet: CheckOutPacket): Promise<Answer> {
  if (await isEndedForGood(context, packet.requestId)) return letGo(context, packet.requestId);
  const earlier = await findGlass(context, packet.requestId);
  if (earlier !== null)
    return earlier.account === packet.account && earlier.subject === packet.subject
      ? checkedOut(earlier)
      : rejected('grant_terms_differ');
  const limits = context.limits().systems[packet.system]?.breakGlass;
  if (limits === undefined || glassOf(context.systems.find(packet.system)) === null)
    return rejected('limit_system');
  if (!limits.accounts.includes(packet.account)) return rejected('limit_account');
  if (packet.durationMinutes > limits.longestMinutes) return rejected('limit_duration');
  if (endOf(context.clock, packet) <= context.clock.now()) return rejected('already_past_end');
  await context.faults('doer.verified');
  return answerOf(() =>
    context.accountTurn(packet.account, () =>
      context.systems.withSession(packet.system, { place: null, uses: [packet] }, (session) =>
        takeOut(context, packet, limits, session),
      ),
    ),
  );
}

async function takeOut(
  context: DoerContext,
  packet: CheckOutPacket,
  limits: NonNullable<SystemLimits['breakGlass']>,
  session: TargetSession,
): Promise<Answer> {
  await context.faults('doer.leased');
  const { breakGlass } = session;
  if (breakGlass === undefined) return rejected('limit_system');
  if (await isOut(context, packet)) return rejected('account_in_use');
  const unfit = await judge(session, breakGlass, {
    account: packet.account,
    superuser: limits.superuser && packet.superuser,
  });
  if (unfit !== null) return unfit;
  const record = await recordOf(context, packet, breakGlass, limits.accounts);
  await keepGlass(context, record);
  await context.faults('doer.created');
  // Another doer may have been told of its end while we looked at the target.
  return (await isEndedForGood(context, packet.requestId))
    ? letGo(context, packet.requestId)
    : checkedOut(record);
}

/** It is ended. Where nothing of it was ever shown nothing was opened, so nothing is owed: its account may be another's by now. */
async function letGo(context: DoerContext, requestId: CheckOutPacket['requestId']): Promise<Answer> {
  const record = await findGlass(context, requestId);
  if (record?.state === 'checked_out' && record.shown.length === 0)
    await keepGlass(context, { ...record, state: 'rotated', before: [], proof: { checkedOut: false } });
  return rejected('grant_tombstoned');
}

/** As our own disk has it, unless another doer proved that use over. */
async function isOut(context: DoerContext, { system, account }: CheckOutPacket): Promise<boolean> {
  const own = context.disk
    .allGlass()
    .filter((one) => one.state === 'checked_out' && one.system === system && one.account === account);
  const known = await Promise.all(own.map((one) => findGlass(context, one.requestId)));
  return known.some((one) => one?.state === 'checked_out');
}

async function judge(
  session: TargetSession,
  breakGlass: BreakGlassSession,
  { account, superuser }: { account: string; superuser: boolean },
): Promise<Answer | null> {
  const skewMs = await clockSkewOf(session);
  if (skewMs !== null) return rejected('target_clock_skew', { skewMs });
  const found = await session.readAccount(account, null);
  if (found === null) return rejected('account_unfit', { why: 'there is no such account at the target' });
  const asSuperuser = found.excessAttributes.filter((one) => one === 'SUPERUSER');
  const excess = superuser ? [] : [...asSuperuser, ...(await breakGlass.readUnfitness(account))];
  if (excess.length > 0) return rejected('account_unfit', { excess });
  // Nobody has it: whoever is logged in with it, or could be, is not supposed to be.
  const { left } = await breakGlass.closeAccount(account);
  return left > 0 ? rejected('account_in_use', { sessions: left }) : null;
}

async function recordOf(
  context: DoerContext,
  packet: CheckOutPacket,
  session: BreakGlassSession,
  accounts: readonly string[],
): Promise<GlassRecord> {
  return {
    v: 1,
    tenant: packet.tenant,
    requestId: packet.requestId,
    packetId: packet.id,
    system: packet.system,
    account: packet.account,
    subject: packet.subject,
    state: 'checked_out',
    checkedOutAt: context.clock.now().toISOString(),
    expiresAt: endOf(context.clock, packet).toISOString(),
    shown: [],
    accounts: [...accounts],
    difference: [],
    before: [...(await session.takeSnapshot(accounts))],
    reportedUnproven: false,
    proof: null,
  };
}

const checkedOut = (record: GlassRecord): Answer => ({
  outcome: 'checked_out',
  code: 'done',
  account: record.account,
  expiresAt: record.expiresAt,
  evidence: { snapshotLines: record.before.length, snapshot: sha256Hex(record.before.join('\n')) },
});
