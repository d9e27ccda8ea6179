import type { BreakGlassSession, TargetSession } from '../../connectors/connector.js';
import type { RequestId } from '../../core/tenant.js';
import { openText } from '../../credentials/index.js';
import type { Answer } from '../answer.js';
import type { DoerContext } from '../context.js';
import { codeOf } from '../failure.js';
import { mintPassword } from '../mint.js';
import { glassOf } from '../targets.js';
import { buryGrants } from '../tombstones.js';
import { findGlass, glassOut, sealedFor, shareProof } from './keep.js';
import type { GlassRecord } from './record.js';
import { type Difference, differenceOf, digestOf, linesOf } from './snapshot-difference.js';

const WRONG_PASSWORD = '28P01';
/** How long the account may log in, under a password nobody has, so that a refusal proves something. */
const PROOF_MS = 60_000;

/**
 * Ends a use whatever became of it: no login, no session, a new verifier, and every password ever shown refused as wrong
 * by a role that may log in and is not past its end. Only then are they destroyed. Never throws: what is not proved is
 * owed on our own disk and tried again for ever (rule 11).
 */
export async function rotateOut(
  context: DoerContext,
  use: { requestId: RequestId; system: string; account: string },
): Promise<Answer> {
  const buried = buryGrants(context, use.system, [use.requestId]);
  return context.accountTurn(use.account, async () => {
    await buried;
    // Two doers that prove one account at once would each see the other's new password. An end waits for no lock in vain.
    const release = await context.database.lock(`glass ${use.account}`).catch(() => () => undefined);
    try {
      return await rotateAlone(context, use);
    } finally {
      release();
    }
  });
}

async function rotateAlone(
  context: DoerContext,
  use: { requestId: RequestId; system: string; account: string },
): Promise<Answer> {
  const known = await findGlass(context, use.requestId).catch(() => 'unread' as const);
  const record = known === 'unread' ? null : known;
  if (record?.state === 'rotated') return provedBefore(context, record);
  if (record === null && (await isOutToAnother(context, use)))
    return proved(use.account, { checkedOut: false });
  try {
    const found = await prove(context, use, record);
    const { proof } = found;
    // Shut all the same; but what another doer showed of it, and what stayed behind, is not known.
    if (known === 'unread') proof.remains.push('our database did not say what was shown of it');
    if (proof.remains.length > 0) return owe(context, use.account, record, proof.remains);
    return record === null ? proved(use.account, proof) : provedBy(await settle(context, record, found));
  } catch (error) {
    return owe(context, use.account, record, [codeOf(error)]);
  }
}

/** By this doer or another; our own disk owes it no more. */
function provedBefore(context: DoerContext, record: GlassRecord): Answer {
  if (context.disk.glassOf(record.requestId)?.state === 'checked_out') context.disk.saveGlass(record);
  return provedBy(record);
}

type Proof = {
  checkedOut: boolean;
  /** What still stands against it, in words for an operator. */
  remains: string[];
  sessionsEnded: number;
  /** How many shown passwords the target refused as wrong. */
  refused: number;
};

async function prove(
  context: DoerContext,
  use: { requestId: RequestId; system: string; account: string },
  record: GlassRecord | null,
): Promise<{ proof: Proof; difference: Difference }> {
  const place = glassOf(context.systems.find(use.system));
  if (place === null) throw new TypeError('this system has no break-glass accounts');
  const old =
    record === null ? [] : record.shown.map((box) => openText(context.sealedKey, sealedFor(record), box));
  const uses = [{ requestId: use.requestId, kind: 'rotate' as const }];
  return context.systems.withSession(use.system, { place: null, uses }, async (session) => {
    await context.faults('doer.rotate.leased');
    const { breakGlass } = session;
    if (breakGlass === undefined) throw new TypeError('this kind of system has no break-glass accounts');
    const first = await breakGlass.closeAccount(use.account);
    const dead =
      first.left > 0
        ? []
        : await tryPasswords(session, breakGlass, { ...use, database: place.database, old });
    await context.faults('doer.rotate.changed');
    const second = await breakGlass.closeAccount(use.account);
    // One that outlived the first is there for the second: no password was tried, and nothing is proved.
    const left = Math.max(first.left, second.left);
    const account = await session.readAccount(use.account, null);
    const after = record === null ? [] : await breakGlass.takeSnapshot(record.accounts);
    const proof = {
      checkedOut: record !== null,
      remains: [
        ...dead,
        ...(left > 0 ? [`${left} sessions`] : []),
        ...(account?.canLogin === false ? [] : ['the account may still log in']),
      ],
      sessionsEnded: new Set([...first.ended, ...second.ended]).size,
      refused: dead.length === 0 ? old.length : 0,
    };
    return { proof, difference: differenceOf(record?.before ?? [], after) };
  });
}

/**
 * What the target did not refuse as it must. A new password that works shows that the verifier there is no longer the
 * old one.
 */
async function tryPasswords(
  session: TargetSession,
  breakGlass: BreakGlassSession,
  use: { account: string; database: string; old: readonly string[] },
): Promise<string[]> {
  const fresh = mintPassword();
  const validUntil = new Date((await session.readClock()).getTime() + PROOF_MS);
  await breakGlass.openAccount(use.account, { password: fresh, validUntil });
  const remains: string[] = [];
  for (const password of use.old) {
    const answer = await breakGlass.tryLogin(use.account, password, use.database);
    if (answer !== WRONG_PASSWORD)
      remains.push(`a shown password was answered ${answer}, not ${WRONG_PASSWORD}`);
  }
  const answer = await breakGlass.tryLogin(use.account, fresh, use.database);
  if (answer !== 'accepted') remains.push(`the new password was answered ${answer}`);
  return remains;
}

/** The shown passwords are destroyed; what stayed behind is kept, so that a person can read it whole. */
async function settle(
  context: DoerContext,
  record: GlassRecord,
  { proof, difference }: { proof: Proof; difference: Difference },
): Promise<GlassRecord> {
  const done: GlassRecord = {
    ...record,
    state: 'rotated',
    shown: [],
    before: [],
    difference: [...difference],
    proof,
  };
  context.disk.saveGlass(done);
  await shareProof(context, done).catch((error: unknown) =>
    context.log.warn(
      { requestId: record.requestId, code: codeOf(error) },
      'doer: proof kept on disk for now',
    ),
  );
  return done;
}

function owe(
  context: DoerContext,
  account: string,
  record: GlassRecord | null,
  remains: readonly string[],
): Answer {
  const now = context.clock.now();
  if (record !== null)
    context.disk.saveGlass({
      ...record,
      expiresAt: new Date(Math.min(Date.parse(record.expiresAt), now.getTime())).toISOString(),
      reportedUnproven: true,
    });
  return { outcome: 'unproven', code: 'rotation_unproven', account, evidence: { remains } };
}

const proved = (account: string, evidence: Answer['evidence'] = {}): Answer => ({
  outcome: 'rotated',
  code: 'done',
  account,
  evidence,
});

const provedBy = ({ account, proof, difference }: GlassRecord): Answer => ({
  ...proved(account, { ...proof, difference: digestOf(difference) }),
  drift: linesOf(difference),
});

/** A packet about a use that never began must not end somebody else's. */
async function isOutToAnother(
  context: DoerContext,
  use: { requestId: RequestId; system: string; account: string },
): Promise<boolean> {
  const out = await glassOut(context, use.system).catch(() =>
    context.disk.allGlass().filter(({ state }) => state === 'checked_out'),
  );
  return out.some((one) => one.account === use.account && one.requestId !== use.requestId);
}
