import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock as clock } from '../../core/clock.js';
import { PrincipalId } from '../../core/tenant.js';
import { loadPolicy, Organisation, type Policy, readPolicyFiles } from '../../policy/index.js';
import { describeAsFiled } from '../principal-facts.js';
import { factsAtBest } from './facts.js';
import { ENTRYPOINT } from './stored.js';

const CHIEF = 'chief';
let policy: Policy;

/** The example organisation with its head, who may ask like everybody else and whom no system names as an approver. */
beforeAll(async () => {
  const files = readPolicyFiles(
    resolve(import.meta.dirname, '../../../policies'),
    new Set(['postgres', 'okta', 'github']),
  );
  const shipped = await loadPolicy(files);
  const { people, roles, ...organisation } = shipped.organisation;
  const head = { id: 'chief-executive', title: 'Chief Executive Officer', department: 'leadership' };
  const chief = {
    id: CHIEF,
    kind: 'person',
    name: 'Chief Executive Officer',
    identities: { email: 'ceo@hookpilot.example' },
    teams: ['security'],
    roles: ['chief-executive', 'caption-studio-engineer'],
  };
  const led = { ...organisation, people: [...people, chief], roles: [...roles, head] };
  policy = { ...shipped, organisation: Organisation.parse(led) };
});

const decided = (ask: {
  action: 'vote' | 'execute';
  actor: string;
  requester: string;
  votes?: Readonly<Record<string, 'approve' | 'deny'>>;
}) => {
  const now = clock.now();
  const who = (id: string) => describeAsFiled({ policy }, PrincipalId.parse(id), now);
  const requester = PrincipalId.parse(ask.requester);
  const target = { requester, subject: requester, system: 'customer-db', scope: 'read-customers' };
  const votes = Object.entries(ask.votes ?? {}).map(([id, verdict]) => ({
    principal: who(id),
    verdict,
    seal_matches: true,
  }));
  const { effect, reasons } = policy.decide(ENTRYPOINT, {
    ...factsAtBest({ policy }, now, target),
    action: ask.action,
    verdict: ask.action === 'vote' ? 'approve' : null,
    actor: who(ask.actor),
    request: { state: 'pending', edits: 0, ends_at_ms: null, votes },
  });
  return { effect, rules: reasons.map(({ rule }) => rule) };
};

describe('rank means nothing', () => {
  it('the head of the company approves nothing that no approver role of theirs reaches', () => {
    expect(decided({ action: 'vote', actor: CHIEF, requester: 'alice' })).toEqual({
      effect: 'deny',
      rules: ['elevation.not_an_approver'],
    });
    const votes = { [CHIEF]: 'approve' } as const;
    expect(decided({ action: 'execute', actor: 'alice', requester: 'alice', votes })).toEqual({
      effect: 'deny',
      rules: ['elevation.votes_missing'],
    });
  });

  it('what the head asks for takes an approver too', () => {
    const chiefs = { action: 'execute', actor: CHIEF, requester: CHIEF } as const;
    expect(decided(chiefs).rules).toEqual(['elevation.votes_missing']);
    expect(decided({ ...chiefs, votes: { [CHIEF]: 'approve' } }).effect).toBe('deny');
    expect(decided({ ...chiefs, votes: { bob: 'approve' } }).effect).toBe('allow');
  });

  it.each(['hana', 'ivo'])('of customer data one denial by %s stops leadership, whoever approves', (one) => {
    expect(decided({ action: 'vote', actor: one, requester: CHIEF }).effect).toBe('allow');
    const votes = { bob: 'approve', cat: 'approve', [one]: 'deny' } as const;
    expect(decided({ action: 'execute', actor: CHIEF, requester: CHIEF, votes })).toEqual({
      effect: 'deny',
      rules: ['elevation.denied'],
    });
  });
});
