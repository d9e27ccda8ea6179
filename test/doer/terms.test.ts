import { describe, expect, test } from 'vitest';
import type { GrantPacket, ReceiptCode } from '../../src/packet/index.js';
import { useOneWorld } from './fixture.js';
import { grantPacket, MIGRATE, person, READ, type Target, type World } from './world.js';

let target: Target;
let world: World;

useOneWorld((startedTarget, builtWorld) => {
  target = startedTarget;
  world = builtWorld;
});

describe('a verified grant packet is still held against seal, votes, limits and time', () => {
  const now = () => new Date();
  const iso = (seconds: number): string => new Date(now().getTime() + seconds * 1000).toISOString();
  const cases: [string, ReceiptCode, () => GrantPacket][] = [
    ['a system beyond the limits', 'limit_system', () => grantPacket({ change: { system: 'payroll-db' } })],
    ['a scope beyond the limits', 'limit_scope', () => grantPacket({ change: { scope: 'constructor' } })],
    [
      'a privilege beyond the limits',
      'limit_privileges',
      () => grantPacket({ change: { privileges: [...READ, 'SELECT ON TABLE shop.secrets'] } }),
    ],
    [
      'a duration beyond the system',
      'limit_duration',
      () => grantPacket({ change: { durationMinutes: 241 } }),
    ],
    [
      'a duration beyond the scope',
      'limit_duration',
      () => grantPacket({ change: { scope: 'migrate', privileges: MIGRATE, durationMinutes: 61 } }),
    ],
    [
      'terms changed after the seal (rule 5)',
      'seal_mismatch',
      () => grantPacket({ tamper: { durationMinutes: 90 } }),
    ],
    [
      'a requester changed after the seal (rule 5)',
      'seal_mismatch',
      () => grantPacket({ tamper: { requester: person('carol') } }),
    ],
    [
      'another commit than was sealed (rule 5)',
      'seal_mismatch',
      () => grantPacket({ tamper: { change: `hookpilot/shop@${'b'.repeat(40)}` } }),
    ],
    [
      'nothing deployed where the limits say what is (rule 6)',
      'limit_change',
      () => grantPacket({ change: { scope: 'deploy' } }),
    ],
    [
      'another repository than the limits name (rule 6)',
      'limit_change',
      () => grantPacket({ change: { scope: 'deploy', change: `hookpilot/other@${'b'.repeat(40)}` } }),
    ],
    ['no vote', 'votes_missing', () => grantPacket({ approvers: [] })],
    [
      'no vote though the packet says none is needed',
      'votes_missing',
      () => grantPacket({ approvers: [], change: { approvalsNeeded: 0 } }),
    ],
    [
      'fewer votes than the packet itself asks for',
      'votes_missing',
      () => grantPacket({ change: { approvalsNeeded: 2 } }),
    ],
    ['the requester votes (rule 4)', 'vote_invalid', () => grantPacket({ approvers: ['bob', 'alice'] })],
    [
      'the one asked for votes (rule 4)',
      'vote_invalid',
      () => grantPacket({ change: { subject: person('bob') } }),
    ],
    ['one person votes twice (rule 4)', 'vote_invalid', () => grantPacket({ approvers: ['bob', 'bob'] })],
    [
      'a vote over other terms (rule 5)',
      'vote_invalid',
      () => {
        const packet = grantPacket();
        return { ...packet, votes: packet.votes.map((vote) => ({ ...vote, seal: '0'.repeat(64) })) };
      },
    ],
    ['a start in the future', 'start_in_future', () => grantPacket({ change: { startAt: iso(600) } })],
    ['an end in the past', 'already_past_end', () => grantPacket({ change: { endsAtLatest: iso(-1) } })],
    [
      'an expired packet (rule 4)',
      'packet_expired',
      () => grantPacket({ now: new Date(now().getTime() - 121_000) }),
    ],
    [
      'a packet dated far ahead',
      'packet_not_yet_valid',
      () => grantPacket({ now: new Date(now().getTime() + 600_000) }),
    ],
    [
      'a packet good for longer than 120 s (rule 4)',
      'signature_rejected',
      () => grantPacket({ change: { expiresAt: iso(300) } }),
    ],
    [
      'fewer privileges than the scope has',
      'scope_privileges_differ',
      () => grantPacket({ change: { privileges: READ.slice(1) } }),
    ],
  ];

  test.each(cases)('%s', async (_what, code, build) => {
    const packet = build();
    expect(await world.ask(packet)).toMatchObject({ outcome: 'rejected', code });
    expect(await target.hasAccount(packet.requestId)).toBe(false);
  });
});
