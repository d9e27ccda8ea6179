import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OrganisationError } from './faults.js';
import { isActiveAt } from './principal.js';
import { readOrganisation } from './read.js';
import { Organisation, type Person } from './schema.js';

const kinds = new Set(['postgres', 'okta', 'github']);
const shipped = resolve(import.meta.dirname, '../../../policies');

const people = `ann:
  kind: person
  name: Ann
  identities: { slack: [U01ANN], email: ann@example.com }
  teams: [core]
  roles: [engineer]
`;
const HOURS = "timezone: Europe/Stockholm, workingHours: { days: [mon], from: '09:00', to: '17:00' }";
const files: Record<string, string> = {
  'people/people.yaml': people,
  'teams/teams.yaml': `core: { title: Core, department: product, ${HOURS} }\n`,
  'roles/roles.yaml': 'engineer: { title: Engineer, department: product }\n',
  'conflicts/duties.yaml': '',
  'systems/db.yaml': `db:
  title: Database
  category: billing
  kind: postgres
  department: product
  ownerTeam: core
  approverRoles: [engineer]
  requesterRoles: [engineer]
  maximumMinutes: 60
  scopes:
    read:
      title: Read
      privileges: [USAGE ON SCHEMA shop, SELECT ON TABLE shop.orders]
`,
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-organisation-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(changes: Record<string, string> = {}): void {
  for (const [name, text] of Object.entries({ ...files, ...changes })) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
}

/** Every fault as `file:line code message`, files from the organisation's directory. */
function faultsOf(changes: Record<string, string>): string[] {
  write(changes);
  try {
    readOrganisation(directory, kinds);
  } catch (error) {
    if (!(error instanceof OrganisationError)) throw error;
    const here = `${relative(process.cwd(), directory)}/`;
    return error.faults.map(({ file, line, code, message }) =>
      `${file}:${line} ${code} ${message}`.replaceAll(here, ''),
    );
  }
  return [];
}

test('the shipped organisation is sound', () => {
  const organisation = readOrganisation(shipped, kinds);
  expect(organisation.people.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['alice', 'bob', 'cat', 'dan', 'erin']),
  );
  expect(Organisation.parse(structuredClone(organisation))).toEqual(organisation);
});

test('the shipped organisation has a system of every kind that the access policy names', () => {
  const { systems } = readOrganisation(shipped, kinds);
  expect(systems.map(({ category }) => category).toSorted()).toEqual([
    'ai-model-provider',
    'billing',
    'customer-content',
    'customer-data',
    'deployment-pipeline',
    'production-infrastructure',
    'secrets-management',
    'support-tooling',
  ]);
});

test('one’s own login at one’s own mailbox is no double, nor is another person of one’s name who is marked', () => {
  const own = people.replace('ann@example.com', 'ann@example.com, okta: Ann@example.com');
  const other =
    'ann-2:\n  kind: person\n  name: Ann\n  namesakeOf: ann\n  identities: { email: ann2@example.com }\n';
  expect(faultsOf({ 'people/people.yaml': `${own}${other}` })).toEqual([]);
});

test('a service may be what an app of GitHub commits as, and a person may not', () => {
  const bot = (kind: string, more: string) =>
    `robot:\n  kind: ${kind}\n  name: Updates\n  identities: { email: updates@example.com, github: 'dependabot[bot]' }\n${more}`;
  const service = bot('service', '  owner: core\n  workload: updates\n  rotation: { everyDays: 30 }\n');
  expect(faultsOf({ 'people/bots.yaml': service })).toEqual([]);
  expect(faultsOf({ 'people/bots.yaml': service.replace('dependabot', 'github-actions') })).toEqual([
    'people/bots.yaml:4 shape robot.identities.github: every workflow of everybody commits as github-actions[bot], so it hides who wrote something',
  ]);
  expect(faultsOf({ 'people/bots.yaml': bot('person', '') })).toEqual([
    'people/bots.yaml:4 shape robot.identities.github: a GitHub login has letters, digits and single hyphens',
  ]);
});

test('what is left out has its default, and privileges are sorted', () => {
  write();
  const { people: everyone, systems } = readOrganisation(directory, kinds);
  expect(everyone).toMatchObject([{ id: 'ann', active: true, kind: 'person' }]);
  expect(systems).toMatchObject([
    {
      id: 'db',
      requiredApprovals: 1,
      defaultMinutes: 60,
      scopes: [
        {
          id: 'read',
          destructive: false,
          privileges: ['SELECT ON TABLE shop.orders', 'USAGE ON SCHEMA shop'],
        },
      ],
    },
  ]);
});

describe('refused with file and line', () => {
  const person = (id: string, email: string, more = '') =>
    `${people}${id}:\n  kind: person\n  name: Other\n  identities: { email: ${email} }\n${more}`;
  const cases: [string, Record<string, string>, string[]][] = [
    [
      'a reference to a team or a role that is not there',
      { 'people/people.yaml': people.replace('[core]', '[core, gone]').replace('[engineer]', '[pilot]') },
      [
        'people/people.yaml:5 unknown_reference there is no team gone',
        'people/people.yaml:6 unknown_reference there is no role pilot',
      ],
    ],
    [
      'a system without its owner team, approver role or connector',
      {
        'systems/db.yaml': (files['systems/db.yaml'] ?? '')
          .replace('ownerTeam: core', 'ownerTeam: gone')
          .replace('approverRoles: [engineer]', 'approverRoles: [gone]')
          .replace('kind: postgres', 'kind: mainframe'),
      },
      [
        'systems/db.yaml:6 unknown_reference there is no team gone',
        'systems/db.yaml:7 unknown_reference there is no role gone',
        'systems/db.yaml:4 no_connector no connector grants on a system of kind mainframe',
      ],
    ],
    ...['okta', 'github'].map((kind): [string, Record<string, string>, string[]] => [
      `emergency accounts on ${kind}, which has none`,
      {
        'systems/db.yaml': (files['systems/db.yaml'] ?? '')
          .replace('kind: postgres', `kind: ${kind}`)
          .replace('  scopes:', '  breakGlass:\n    accounts: [glass_1, glass_2]\n  scopes:'),
      },
      [
        `systems/db.yaml:10 no_break_glass a system of kind ${kind} lets people's own accounts in, so it has none for emergencies; take breakGlass out`,
      ],
    ]),
    [
      'a single account for emergencies, and own words that count for no severity',
      {
        'systems/db.yaml': (files['systems/db.yaml'] ?? '').replace(
          '  scopes:',
          '  breakGlass:\n    accounts: [glass_1]\n    selfDeclaredSeverities: []\n  scopes:',
        ),
      },
      [
        'systems/db.yaml:11 shape db.breakGlass.accounts: name at least two accounts',
        'systems/db.yaml:12 shape db.breakGlass.selfDeclaredSeverities: name a severity, or say selfDeclared: denied',
      ],
    ],
    [
      'an entitlement to a scope that is not there',
      {
        'roles/roles.yaml':
          'engineer:\n  title: Engineer\n  department: product\n  entitlements:\n    - db:read\n    - db:drop\n',
      },
      ['roles/roles.yaml:6 unknown_reference there is no entitlement db:drop'],
    ],
    [
      'one id in two files',
      { 'people/z.yaml': people.replace('U01ANN', 'U02ANN').replace('ann@', 'anna@') },
      ['people/z.yaml:1 duplicate_id ann is already at people/people.yaml:1'],
    ],
    [
      'one id twice in a file',
      { 'people/people.yaml': people + people },
      ['people/people.yaml:7 syntax Map keys must be unique at line 7, column 1:'],
    ],
    [
      'two people behind one Slack account',
      {
        'people/people.yaml': person('joe', 'joe@example.com').replace(
          '{ email: joe',
          '{ slack: [U01ANN], email: joe',
        ),
      },
      ['people/people.yaml:10 duplicate_identity U01ANN is the identity of ann too; accounts are not shared'],
    ],
    [
      'two principals of one mailbox, by case or subaddress',
      { 'people/people.yaml': person('joe', 'Ann+admin@Example.com') },
      [
        'people/people.yaml:10 duplicate_identity Ann+admin@Example.com is the identity of ann too; accounts are not shared',
      ],
    ],
    [
      'an Okta login that is the mailbox of somebody else, by case or subaddress',
      {
        'people/people.yaml': person('joe', 'joe@example.com').replace(
          'email: joe@example.com',
          'email: joe@example.com, okta: Ann+2@Example.com',
        ),
      },
      [
        'people/people.yaml:10 duplicate_identity Ann+2@Example.com is the identity of ann too; accounts are not shared',
      ],
    ],
    [
      'two principals of one name, by case and spaces',
      { 'people/people.yaml': person('ann-2', 'other@example.com').replace('name: Other', 'name: "ANN"') },
      [
        'people/people.yaml:9 duplicate_identity ANN is the name of ann too; write namesakeOf: ann if they are two people',
      ],
    ],
    [
      'an account named for a function',
      { 'people/people.yaml': person('admin', 'joe@example.com') },
      ['people/people.yaml:7 shared_account admin names a shared account; give each person their own'],
    ],
    [
      'a mailbox named for a function',
      { 'people/people.yaml': person('joe', 'On-Call2@example.com') },
      [
        'people/people.yaml:10 shared_account On-Call2@example.com names a shared account; give each person their own',
      ],
    ],
    [
      'a group mailbox with more words around it',
      { 'people/people.yaml': person('joe', 'payments-team.eu@example.com') },
      [
        'people/people.yaml:10 shared_account payments-team.eu@example.com names a shared account; give each person their own',
      ],
    ],
    [
      'two people behind one Okta login or one GitHub account, by case',
      {
        'people/people.yaml': `${people.replace('example.com }', 'example.com, okta: ann@example.com, github: ann-codes }')}joe:
  kind: person
  name: Joe
  identities:
    email: joe@example.com
    okta: Ann@example.com
    github: Ann-Codes
`,
      },
      [
        'people/people.yaml:12 duplicate_identity Ann@example.com is the identity of ann too; accounts are not shared',
        'people/people.yaml:13 duplicate_identity Ann-Codes is the identity of ann too; accounts are not shared',
      ],
    ],
    [
      'a shared login behind a personal mailbox',
      { 'people/people.yaml': people.replace('example.com }', 'example.com, github: support-desk }') },
      ['people/people.yaml:4 shared_account support-desk names a shared account; give each person their own'],
    ],
    [
      'a deployment pipeline with a scope that does not say what it deploys',
      {
        'systems/db.yaml': (files['systems/db.yaml'] ?? '').replace(
          'category: billing',
          'category: deployment-pipeline',
        ),
      },
      [
        'systems/db.yaml:11 shape db.scopes.read: a scope of a deployment pipeline needs change with the repository it deploys',
      ],
    ],
    [
      'a deployment that every workflow may call done',
      {
        'systems/db.yaml': (files['systems/db.yaml'] ?? '').replace(
          'title: Read\n',
          "title: Read\n      change: { repository: acme/app, deployedBy: 'github-actions[bot]' }\n",
        ),
      },
      [
        'systems/db.yaml:13 shape db.scopes.read.change.deployedBy: every workflow of every branch writes as github-actions[bot]: give the pipeline a GitHub App of its own',
      ],
    ],
    [
      'a system of no category there is',
      { 'systems/db.yaml': (files['systems/db.yaml'] ?? '').replace('category: billing', 'category: misc') },
      [
        'systems/db.yaml:3 shape db.category: category is one of production-infrastructure, customer-data, deployment-pipeline, secrets-management, billing, ai-model-provider, support-tooling, customer-content',
      ],
    ],
    [
      'a scope longer than its system',
      {
        'systems/db.yaml': (files['systems/db.yaml'] ?? '').replace(
          'title: Read\n',
          'title: Read\n      maximumMinutes: 61\n',
        ),
      },
      [
        "systems/db.yaml:13 shape db.scopes.read.maximumMinutes: the scope's maximumMinutes is above the system's",
      ],
    ],
    [
      'a destructive scope that fewer than two people could approve',
      {
        'systems/db.yaml': (files['systems/db.yaml'] ?? '').replace(
          'title: Read\n',
          'title: Read\n      destructive: true\n',
        ),
      },
      ['systems/db.yaml:11 too_few_approvers read needs 2 approvers and its approver roles have 1'],
    ],
    [
      'a contractor without a statement of work',
      { 'people/people.yaml': people.replace('person', 'contractor') },
      [
        'people/people.yaml:1 shape ann.statementOfWork: a contractor needs statementOfWork with id and endsAt',
      ],
    ],
    [
      'a contractor whose statement of work has no end',
      {
        'people/people.yaml': `${people.replace('person', 'contractor')}  statementOfWork:\n    id: SOW-1\n`,
      },
      ['people/people.yaml:7 shape ann.statementOfWork.endsAt: write endsAt as YYYY-MM-DD'],
    ],
    [
      'a service without owner, workload and rotation',
      { 'people/people.yaml': people.replace('person', 'service') },
      [
        'people/people.yaml:1 shape ann.owner: a service needs owner, the team that answers for it',
        'people/people.yaml:1 shape ann.workload: a service needs workload, the one job it does',
        'people/people.yaml:1 shape ann.rotation: a service needs rotation with everyDays',
      ],
    ],
    [
      'a service of a team that is not there',
      {
        'people/people.yaml': `${people.replace('person', 'service')}  owner: gone\n  workload: ci\n  rotation: { everyDays: 30 }\n`,
      },
      ['people/people.yaml:7 unknown_reference there is no team gone'],
    ],
    [
      'a member nobody knows, so that no misspelt rule is ignored',
      { 'people/people.yaml': `${people}  actve: false\n` },
      ['people/people.yaml:7 shape ann: Unrecognized key: "actve"'],
    ],
    [
      'a default above the maximum',
      {
        'systems/db.yaml': (files['systems/db.yaml'] ?? '').replace(
          'maximumMinutes: 60',
          'maximumMinutes: 30',
        ),
      },
      ['systems/db.yaml:1 shape db.defaultMinutes: defaultMinutes is above maximumMinutes'],
    ],
    [
      'a fault inside a scope',
      { 'systems/db.yaml': (files['systems/db.yaml'] ?? '').replace('title: Read', 'title: ""') },
      ['systems/db.yaml:12 shape db.scopes.read.title: Too small: expected string to have >=1 characters'],
    ],
    [
      'a stage of a role nobody defined',
      {
        'systems/db.yaml': (files['systems/db.yaml'] ?? '').replace(
          '  scopes:',
          '  stages:\n    - { roles: [engineer] }\n    - { roles: [engineer, board] }\n  scopes:',
        ),
      },
      ['systems/db.yaml:12 unknown_reference there is no role board'],
    ],
    [
      'more privileges than an approver can be shown',
      {
        'systems/db.yaml': (files['systems/db.yaml'] ?? '').replace(
          /privileges: .*/u,
          `privileges: [${Array.from({ length: 101 }, (_, at) => `SELECT ON TABLE shop.t${at}`).join(', ')}]`,
        ),
      },
      [
        'systems/db.yaml:13 shape db.scopes.read.privileges: name at most 100 privileges, as many as an approver can be shown; make several scopes of them',
      ],
    ],
    [
      'a conflict between things nobody defined',
      { 'conflicts/duties.yaml': 'two: { title: Two hands, between: [role:engineer, db:write] }\n' },
      ['conflicts/duties.yaml:1 unknown_reference there is no db:write'],
    ],
    [
      'a team that owns a system and works at no known hours',
      { 'teams/teams.yaml': '\ncore: { title: Core, department: product }\n' },
      ['teams/teams.yaml:2 no_working_hours core owns a system and needs timezone and workingHours'],
    ],
    [
      'a time zone or working hours that are none',
      {
        'teams/teams.yaml':
          "core:\n  title: Core\n  department: product\n  timezone: Mars/Olympus\n  workingHours: { days: [mon], from: '17:00', to: '09:00' }\n",
      },
      [
        'teams/teams.yaml:4 shape core.timezone: a time zone looks like Europe/Stockholm',
        'teams/teams.yaml:5 shape core.workingHours: from comes before to',
        'people/people.yaml:5 unknown_reference there is no team core',
        'systems/db.yaml:6 unknown_reference there is no team core',
      ],
    ],
    [
      'a file nobody would read',
      { 'people/more.yml': people },
      ['people/more.yml:1 unexpected_file only .yaml files are read here; rename or move this one'],
    ],
    [
      'a file that is no map',
      { 'teams/more.yaml': '- core\n' },
      [
        'teams/more.yaml:1 syntax write one entry after the other, each as `id:` with its members indented below',
      ],
    ],
    [
      'an entry that is no map',
      { 'teams/more.yaml': '\nspare:\n' },
      ['teams/more.yaml:2 shape spare: Invalid input: expected object, received null'],
    ],
  ];

  test.each(cases)('%s', (_, changes, expected) => {
    expect(faultsOf(changes)).toEqual(expected);
  });

  test('the message of the error is every fault on a line of its own', () => {
    write({ 'people/people.yaml': people.replace('[core]', '[gone]') });
    expect(() => readOrganisation(directory, kinds)).toThrow(/people\.yaml:5: there is no team gone$/);
  });
});

test('an account has power until it is deactivated or its statement of work is over', () => {
  const noon = (day: string) => new Date(`${day}T12:00:00Z`);
  const base = { name: 'A', identities: { email: 'a@example.com' }, teams: [], roles: [], active: true };
  const contractor = Organisation.shape.people.element.parse({
    ...base,
    id: 'con',
    kind: 'contractor',
    statementOfWork: { id: 'SOW-1', endsAt: '2026-11-21' },
  });
  const person: Person = Organisation.shape.people.element.parse({ ...base, id: 'per', kind: 'person' });
  expect(isActiveAt(person, noon('2099-01-01'))).toBe(true);
  expect(isActiveAt({ ...person, active: false }, noon('2026-11-21'))).toBe(false);
  expect(isActiveAt(contractor, new Date('2026-11-21T23:59:59.999Z'))).toBe(true);
  expect(isActiveAt(contractor, new Date('2026-11-22T00:00:00.000Z'))).toBe(false);
});
