import type { ScopePlace, TargetSession } from '../connectors/connector.js';
import { type GrantPacket, type ReceiptCode, withinValidity } from '../packet/index.js';
import { type Answer, answerOf, rejected } from './answer.js';
import { checkTerms } from './check-terms.js';
import type { DoerContext } from './context.js';
import { type AccountNote, accountOf, type GrantRecord, type Membership } from './grant-record.js';
import { inspectTarget } from './inspect-target.js';
import type { SystemLimits } from './limits.js';
import { isByUs } from './memberships.js';
import { admitsOwnAccounts } from './targets.js';
import { endOf, inTargetTime } from './times.js';
import { isEndedForGood } from './tombstones.js';

const HOUR = 3_600_000;

/**
 * Begins an access: the account exists, has exactly its scope's privileges, no password, and a recorded end. Resumes by
 * read-back what an earlier run began (rule 8).
 */
export async function grant(context: DoerContext, packet: GrantPacket): Promise<Answer> {
  if (await isEndedForGood(context, packet.requestId)) return rejected('grant_tombstoned');
  const earlier = context.disk.owed(packet.requestId) ?? (await context.database.findGrant(packet.requestId));
  if (earlier && (earlier.seal !== packet.seal || earlier.system !== packet.system))
    return rejected('grant_terms_differ');
  const answer = await begin(context, packet, earlier);
  const record = context.disk.owed(packet.requestId) ?? earlier;
  return record && answer.outcome === 'rejected' && !PASSING.has(answer.code)
    ? endAtOnce(context, record, answer)
    : answer;
}

/** Refusals that a packet signed anew gets past: what was begun may still be resumed. */
const PASSING: ReadonlySet<ReceiptCode> = new Set(['packet_expired', 'target_unreachable']);

async function begin(
  context: DoerContext,
  packet: GrantPacket,
  earlier: GrantRecord | null,
): Promise<Answer> {
  const terms = checkTerms(packet, context.limits());
  if (!terms.ok) return rejected(terms.code);
  const target = context.systems.find(packet.system);
  const place = target?.scopes[packet.scope];
  if (!target || !place) return rejected('limit_scope');
  if (admitsOwnAccounts(target) !== (packet.login !== null)) return rejected('grant_terms_differ');
  const member =
    packet.login === null ? null : { handle: `${target.kind} ${place.role}`, login: packet.login };
  if (packet.startAt !== null && Date.parse(packet.startAt) > context.clock.now().getTime())
    return rejected('start_in_future');
  if (endOf(context.clock, packet) <= context.clock.now()) return rejected('already_past_end');
  await context.faults('doer.verified');
  const work = () =>
    context.systems.withSession(packet.system, { place, uses: [packet] }, (session) =>
      grantInSession({ context, packet, place, member, limits: terms.value, earlier, session }),
    );
  return answerOf(() => (member === null ? work() : context.alone(member, { kind: 'begin', work })));
}

interface Work {
  context: DoerContext;
  packet: GrantPacket;
  place: ScopePlace;
  member: Membership | null;
  limits: SystemLimits;
  earlier: GrantRecord | null;
  session: TargetSession;
}

async function grantInSession(work: Work): Promise<Answer> {
  const { context, packet, place, limits, session } = work;
  await context.faults('doer.leased');
  const unfit = await inspectTarget(session, place, packet, limits);
  if (unfit) return unfit;
  const account = packet.login ?? accountOf(packet.requestId);
  const present = await session.readAccount(account, place);
  if (present && !work.earlier) {
    // An account of our making that nobody began is not ours to hand out; the reconciler ends it.
    if (work.member === null) return rejected('target_refused', { detail: 'account exists' });
    if (!(await isByUs(context, work.member))) return rejected('already_member');
  }
  // Resumed late: what is there is read back, what is not is not made any more.
  if (!present && !withinValidity(packet, context.clock.now()).ok) return rejected('packet_expired');
  const record = await recordBeginning(work, present !== null);
  if (!record) return rejected('limit_rate');
  await session.createAccount({
    account,
    scope: place,
    validUntil: new Date(record.validUntil),
    note: noteOf(packet, record),
  });
  await context.faults('doer.created');
  return readBack(work, record);
}

/** On our disk and in our schema before anything is made, so that whatever follows there is someone who owes the end. */
async function recordBeginning(work: Work, isPresent: boolean): Promise<GrantRecord | null> {
  const { context, packet, limits, earlier } = work;
  if (earlier && isPresent) {
    context.disk.saveOwed(earlier);
    return earlier;
  }
  const fresh = freshRecord(work);
  const since = new Date(context.clock.now().getTime() - HOUR);
  if (!earlier) {
    if (context.disk.begunSince(packet.system, since) >= limits.grantsPerHour) return null;
    const counted = await context.database.beginGrant(fresh, { perHour: limits.grantsPerHour, since });
    if (!counted) return null;
    context.disk.saveOwed(counted);
    return counted;
  }
  context.disk.saveOwed(fresh);
  await context.database.saveGrant(fresh);
  return fresh;
}

/** Rule 11's other half: what was made is what was approved, or it is unmade. */
async function readBack(work: Work, record: GrantRecord): Promise<Answer> {
  const { context, packet, place, session } = work;
  const made = await session.readAccount(record.account, place);
  await context.faults('doer.readback');
  const asApproved =
    made?.canLogin === true &&
    (record.member !== null || made.validUntil?.toISOString() === record.validUntil) &&
    made.excessAttributes.length === 0 &&
    made.memberships.length === 1 &&
    made.memberships[0] === place.role;
  const endedMeanwhile = await isEndedForGood(context, packet.requestId);
  const isPast = Date.parse(record.expiresAt) <= context.clock.now().getTime();
  if (!made || !asApproved || endedMeanwhile || isPast) {
    if (endedMeanwhile) return rejected('grant_tombstoned');
    return rejected(isPast ? 'already_past_end' : 'target_refused', { detail: 'read-back differs' });
  }
  const live: GrantRecord = { ...record, state: 'live', accountId: made.id };
  context.disk.saveOwed(live);
  await context.database.saveGrant(live);
  // A person's own account is named nowhere but in `account`: evidence goes to the ledger as it is (rule 16).
  const evidence = {
    ...(record.member === null
      ? { role: made.account, roleId: made.id, validUntil: record.validUntil }
      : { membership: 'present' }),
    memberships: made.memberships,
    privileges: packet.privileges,
  };
  return { outcome: 'granted', code: 'done', account: made.account, expiresAt: live.expiresAt, evidence };
}

function freshRecord({ context, packet, member, earlier }: Work): GrantRecord {
  const expiresAt = endOf(context.clock, packet);
  return {
    v: 1,
    tenant: context.tenant,
    requestId: packet.requestId,
    packetId: packet.id,
    system: packet.system,
    scope: packet.scope,
    subject: packet.subject,
    seal: packet.seal,
    account: packet.login ?? accountOf(packet.requestId),
    member,
    accountId: null,
    state: 'begun',
    createdAt: earlier?.createdAt ?? context.clock.now().toISOString(),
    expiresAt: expiresAt.toISOString(),
    validUntil: inTargetTime(context.clock, expiresAt).toISOString(),
    endReason: null,
    reportedUnproven: false,
  };
}

function noteOf(packet: GrantPacket, record: GrantRecord): string {
  const note: AccountNote = {
    tenant: packet.tenant,
    requestId: packet.requestId,
    system: packet.system,
    scope: packet.scope,
    expiresAt: record.expiresAt,
  };
  return JSON.stringify(note);
}

/** What may have been made is owed its end now, and the answer says so; the loop over our own disk sees to it. */
function endAtOnce(context: DoerContext, record: GrantRecord, answer: Answer): Answer {
  context.disk.saveOwed({ ...record, expiresAt: context.clock.now().toISOString(), endReason: 'revoked' });
  return { ...answer, evidence: { ...answer.evidence, begun: true } };
}
