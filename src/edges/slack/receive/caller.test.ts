import { expect, it } from 'vitest';
import { PrincipalId, TenantId } from '../../../core/tenant.js';
import { Organisation } from '../../../policy/index.js';
import { callerOf } from './caller.js';

const tenant = TenantId.parse('T01');
const organisation = Organisation.parse({
  people: [
    {
      kind: 'person',
      id: 'alice',
      name: 'Alice',
      identities: { slack: ['U01ALICE', 'W01ALICE'], email: 'alice@hookpilot.example' },
    },
  ],
  teams: [],
  roles: [],
  systems: [],
});

const caller = (team: string | undefined, user: string) => callerOf(organisation, tenant, { team, user });

it.each(['U01ALICE', 'W01ALICE'])('a person is known by any of their Slack ids (%s)', (user) => {
  expect(caller('T01', user).principal).toBe('alice');
});

it.each([
  ['another workspace', 'T99', 'U01ALICE'],
  ['no workspace', undefined, 'U01ALICE'],
  ['an id in other letters', 'T01', 'u01alice'],
  ['nobody of the files', 'T01', 'U99MALLORY'],
])('%s is a stranger, and has a name in the ledger all the same', (_what, team, user) => {
  const { principal, ledgerName } = caller(team, user);
  expect(principal).toBeNull();
  expect(PrincipalId.safeParse(ledgerName).success).toBe(true);
  expect(ledgerName).not.toBe('alice');
});

it('a stranger with a hostile id cannot pass for somebody in the ledger', () => {
  expect(caller('T01', "U'; DROP TABLE x --").ledgerName).toBe('slack-udroptablex');
});
