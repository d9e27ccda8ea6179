import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestId } from '../../src/core/tenant.js';
import type { GrantPacket, PacketPayload, Receipt } from '../../src/packet/index.js';
import { type Github, newRsaKey, type Okta, startGithub, startOkta } from '../harness/vendors/index.js';
import { useWorld } from './fixture.js';
import { severable } from './severable.js';
import { killed, killSpawned, spawnDoer } from './spawn.js';
import { type Beside, endPacket, grantPacket, person, revealPacket, until, type World } from './world.js';

const CONSOLE = 'support-console';
const BILLING = 'billing';
const GROUP = '00gsupport';
const TEAM = 'operators';
const ALICE = 'alice@example.com';
const BOB = 'bob@example.com';
const IN_GROUP = ['MEMBER OF GROUP support-agents'];
const IN_TEAM = ['MEMBER OF TEAM acme/operators', 'PUSH ON REPOSITORY acme/billing'];

const privateKey = newRsaKey();
let okta: Okta;
let github: Github;
let world: World;

beforeAll(async () => {
  github = await startGithub({
    organisation: 'acme',
    logins: ['alice-codes'],
    teams: { [TEAM]: { billing: 'push' } },
    app: { id: 7, installation: 70, privateKey },
  });
});
afterAll(() => github.close());

useWorld(
  (_, builtWorld) => {
    world = builtWorld;
  },
  () => {
    killSpawned();
    void okta.close();
  },
  async () => {
    okta = await startOkta({
      users: [
        { login: ALICE, name: 'Alice A' },
        { login: BOB, name: 'Bob B' },
      ],
      groups: { [GROUP]: 'support-agents' },
      client: { id: '0oaclient', privateKey },
    });
    return systems();
  },
);

const systems = (): Record<string, Beside> => ({
  [CONSOLE]: {
    root: { user: '0oaclient', password: privateKey },
    target: { kind: 'okta', url: okta.url, scopes: { tickets: { group: GROUP } } },
    limits: { scopes: { tickets: { privileges: IN_GROUP } } },
  },
  [BILLING]: {
    root: { user: '7', password: privateKey },
    target: {
      kind: 'github',
      url: github.url,
      installation: 70,
      scopes: { prices: { team: `acme/${TEAM}` } },
    },
    limits: { scopes: { prices: { privileges: IN_TEAM } } },
  },
});

const groupGrant = (change: Partial<GrantPacket> = {}): GrantPacket =>
  grantPacket({
    change: { system: CONSOLE, scope: 'tickets', login: ALICE, privileges: IN_GROUP, ...change },
  });
const endOf = ({ requestId, system }: GrantPacket): PacketPayload => ({ ...endPacket(requestId), system });
const isIn = (login = ALICE): Promise<boolean> => okta.isMember(GROUP, login);
/** Runs as real time does, and can be put forward. */
function movableClock() {
  let offset = 0;
  return {
    now: () => new Date(Date.now() + offset),
    advance: (milliseconds: number) => {
      offset += milliseconds;
    },
  };
}
const receiptOf = (requestId: RequestId, outcome: Receipt['outcome']) =>
  until(`${outcome} receipt`, async () =>
    (await world.receipts()).find((one) => one.requestId === requestId && one.outcome === outcome),
  );

describe('a membership from its beginning to its end', () => {
  test('rule 11: in the group when granted; at the end out of it, every session of that person gone, read back', async () => {
    world.start();
    const packet = groupGrant();
    expect(await world.ask(packet)).toMatchObject({ outcome: 'granted', code: 'done', account: ALICE });
    expect(await isIn()).toBe(true);
    const [hers, his] = [await okta.signIn(ALICE), await okta.signIn(BOB)];
    expect(await world.ask(endOf(packet))).toMatchObject({
      outcome: 'ended',
      evidence: { membership: 'absent', sessions: 'ended' },
    });
    expect(await isIn()).toBe(false);
    expect([okta.isSignedIn(hers), okta.isSignedIn(his)]).toEqual([false, true]);
    expect(okta.liveTokens(), 'rule 10: no lease outlives its use').toBe(0);
  });

  test('a GitHub team likewise', async () => {
    world.start();
    const packet = groupGrant({
      system: BILLING,
      scope: 'prices',
      login: 'alice-codes',
      privileges: IN_TEAM,
    });
    expect(await world.ask(packet)).toMatchObject({ outcome: 'granted' });
    expect(await github.isMember(TEAM, 'alice-codes')).toBe(true);
    expect(await world.ask(endOf(packet))).toMatchObject({ outcome: 'ended' });
    expect(await github.isMember(TEAM, 'alice-codes')).toBe(false);
    expect(github.liveTokens()).toBe(0);
  });

  test('rule 16: evidence goes to the ledger, and names nobody', async () => {
    world.start();
    const packet = groupGrant();
    const receipts = [await world.ask(packet), await world.ask(endOf(packet))];
    expect(JSON.stringify(receipts.map(({ evidence }) => evidence))).not.toContain('alice');
  });

  test('rule 9: there is no password to show', async () => {
    world.start();
    const packet = groupGrant();
    await world.ask(packet);
    const recipient = await identityToRecipient(await generateX25519Identity());
    const reveal = { ...revealPacket(packet.requestId, recipient), system: CONSOLE };
    expect(await world.ask(reveal)).toMatchObject({ outcome: 'rejected', code: 'no_credential' });
  });

  test('no token and no key reaches the log, our database or the disk', async () => {
    const lines: string[] = [];
    const log = (...args: unknown[]) => void lines.push(JSON.stringify(args));
    okta.disturb(/^PUT/, { status: 403, json: { errorSummary: 'okta_quoted_token' } }, 1);
    world.start({ log: { info: log, warn: log, error: log } });
    await world.ask(groupGrant());
    const stored = JSON.stringify(
      await world.ours("SELECT encode(receipt, 'escape') FROM gate.receipt_inbox"),
    );
    expect(lines.join('\n') + stored).not.toMatch(/okta_|PRIVATE KEY|Bearer/);
  });
});

describe('rule 13: ending one grant never cuts another', () => {
  test('of two that overlap, the first end leaves the membership and the last takes it', async () => {
    world.start();
    const [first, second] = [groupGrant(), groupGrant()];
    await world.ask(first);
    expect(await world.ask(second)).toMatchObject({ outcome: 'granted' });
    expect(await world.ask(endOf(first))).toMatchObject({
      outcome: 'ended',
      evidence: { membership: 'kept', heldBy: [second.requestId] },
    });
    expect(await isIn()).toBe(true);
    expect(await world.ask(endOf(second))).toMatchObject({ evidence: { membership: 'absent' } });
    expect(await isIn()).toBe(false);
  });

  test('also when two doers have them', async () => {
    const [first, second] = [groupGrant(), groupGrant()];
    const one = world.start({ name: 'a' });
    await world.ask(first);
    await one.stop();
    world.start({ name: 'b' });
    await world.ask(second);
    expect(await world.ask(endOf(second))).toMatchObject({
      evidence: { membership: 'kept', heldBy: [first.requestId] },
    });
    expect(await world.ask(endOf(first))).toMatchObject({ evidence: { membership: 'absent' } });
  });

  test('ends and beginnings in any order, by two doers: in the group exactly while a grant is live', async () => {
    world.start({ name: 'a' });
    world.start({ name: 'b' });
    let before = groupGrant();
    await world.ask(before);
    for (let round = 0; round < 6; round += 1) {
      const next = groupGrant();
      await Promise.all([world.ask(endOf(before)), world.ask(next)]);
      expect(await isIn(), `round ${round}`).toBe(true);
      before = next;
    }
    const last = [before, groupGrant()];
    await world.ask(last[1] ?? before);
    await Promise.all(last.map((packet) => world.ask(endOf(packet))));
    expect(await isIn()).toBe(false);
  });

  test('one person’s end leaves everybody else in', async () => {
    world.start();
    const [hers, his] = [
      groupGrant(),
      groupGrant({ subject: person('bob'), login: BOB, requester: person('bob') }),
    ];
    await world.ask(hers);
    await world.ask({ ...his, votes: his.votes.map((vote) => ({ ...vote, principal: person('cat') })) });
    await world.ask(endOf(hers));
    expect([await isIn(ALICE), await isIn(BOB)]).toEqual([false, true]);
  });

  test('who was in the group before us is refused, and stays in it', async () => {
    await okta.setMember(GROUP, ALICE, true);
    world.start();
    const packet = groupGrant();
    expect(await world.ask(packet)).toMatchObject({ outcome: 'rejected', code: 'already_member' });
    expect(await world.ask(endOf(packet))).toMatchObject({
      outcome: 'ended',
      evidence: { membership: 'not ours' },
    });
    expect(await isIn()).toBe(true);
  });
});

describe('what is not as it was approved is not granted', () => {
  test.each<[string, Partial<GrantPacket>, string]>([
    ['an account that is not there', { login: 'nobody@example.com' }, 'target_refused'],
    ['the short form of a login', { login: 'alice' }, 'target_refused'],
    ['no account at all', { login: null }, 'grant_terms_differ'],
    ['other privileges than the group has', { privileges: ['MEMBER OF GROUP admins'] }, 'limit_privileges'],
  ])('%s', async (_, change, code) => {
    world.start();
    expect(await world.ask(groupGrant(change))).toMatchObject({ outcome: 'rejected', code });
    expect(await isIn()).toBe(false);
  });

  test('an account that may not sign in is taken out again', async () => {
    await okta.setStatus(ALICE, 'suspend');
    world.start();
    const packet = groupGrant();
    expect(await world.ask(packet)).toMatchObject({ outcome: 'rejected', code: 'target_refused' });
    await until('out again', async () => !(await isIn()));
  });

  test('rule 12: a target whose clock is more than 5 s off', async () => {
    okta.shiftClock(20_000);
    world.start();
    expect(await world.ask(groupGrant())).toMatchObject({ code: 'target_clock_skew' });
    expect(await isIn()).toBe(false);
  });
});

describe('vendors as they are', () => {
  test('rate limits with Retry-After, a failure in between and writes done late: granted and ended all the same', async () => {
    world.start();
    okta.disturb(/^PUT/, { status: 429, headers: { 'retry-after': '1' } }, 1);
    okta.disturb(/^(GET|DELETE)/, { status: 503 }, 3);
    okta.lag(/^(PUT|DELETE) .*\/groups\//, 700);
    const packet = groupGrant();
    expect(await world.ask(packet)).toMatchObject({ outcome: 'granted' });
    okta.disturb(/^DELETE/, { status: 429, headers: { 'retry-after': '1' } }, 1);
    expect(await world.ask(endOf(packet))).toMatchObject({ outcome: 'ended' });
    expect(await isIn()).toBe(false);
  });

  test('rule 11: what stays in the group is unproved, and tried until it is gone', async () => {
    world.start();
    const packet = groupGrant();
    await world.ask(packet);
    const giveIn = okta.disturb(/^DELETE .*\/groups\//, { status: 403 }, Number.POSITIVE_INFINITY);
    expect(await world.ask(endOf(packet))).toMatchObject({ outcome: 'unproven', code: 'revoke_unproven' });
    expect(await isIn()).toBe(true);
    giveIn();
    await receiptOf(packet.requestId, 'ended');
    expect(await isIn()).toBe(false);
  });
});

describe('rule 8: a doer killed in the middle resumes by read-back', () => {
  test.each(['doer.leased', 'doer.created', 'doer.readback'])('a grant, killed at %s', async (spot) => {
    const child = spawnDoer(world, spot);
    const packet = groupGrant();
    await world.release(packet);
    await killed(child);
    world.start({ name: 'a' });
    expect(await world.answer(packet.id)).toMatchObject({ outcome: 'granted', code: 'done' });
    expect(await isIn()).toBe(true);
    await world.ask(endOf(packet));
    expect(await isIn()).toBe(false);
  });

  test('an end, killed between the removal and its read-back', async () => {
    const doer = world.start({ name: 'a' });
    const packet = groupGrant();
    await world.ask(packet);
    await doer.stop();
    const child = spawnDoer(world, 'doer.end.dropped');
    const end = endOf(packet);
    await world.release(end);
    await killed(child);
    world.start({ name: 'a' });
    expect(await world.answer(end.id)).toMatchObject({ outcome: 'ended' });
    expect(await isIn()).toBe(false);
  });
});

describe('rule 12: the doer needs nobody to end', () => {
  test('a membership is over at its signed end with our database away', async () => {
    const proxy = await severable(new URL(world.database.urls.doer));
    const clock = movableClock();
    world.start({ databaseUrl: proxy.url, clock });
    const packet = groupGrant();
    await world.ask(packet);
    proxy.sever();
    clock.advance(3_600_001);
    await until('out of the group', async () => !(await isIn()));
    proxy.mend();
    expect(await receiptOf(packet.requestId, 'ended')).toMatchObject({
      origin: 'doer',
      evidence: { reason: 'expired', membership: 'absent' },
    });
    proxy.close();
  });

  test('another doer ends what one that lost its disk began', async () => {
    const clock = movableClock();
    const lost = world.start({ name: 'a', clock });
    const packet = groupGrant();
    await world.ask(packet);
    await lost.stop();
    clock.advance(3_600_001);
    world.start({ name: 'b', clock });
    await receiptOf(packet.requestId, 'ended');
    expect(await isIn()).toBe(false);
  });

  test('who is put back by hand after a proved end stays in: that access is not ours', async () => {
    world.start();
    const packet = groupGrant();
    await world.ask(packet);
    await world.ask(endOf(packet));
    await okta.setMember(GROUP, ALICE, true);
    const other = groupGrant({ subject: person('bob'), requester: person('bob'), login: BOB });
    const votes = other.votes.map((vote) => ({ ...vote, principal: person('cat') }));
    await world.ask({ ...other, votes });
    await world.ask(endOf(other));
    expect(await isIn()).toBe(true);
  });
});
