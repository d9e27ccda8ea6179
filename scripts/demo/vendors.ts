import type { Organisation } from '../../src/policy/index.js';
import {
  type Github,
  newRsaKey,
  type Okta,
  startGithub,
  startOkta,
} from '../../test/harness/vendors/index.js';

type System = Organisation['systems'][number];
type Scope = System['scopes'][number];

/** The Okta and the GitHub that the example organisation's groups and teams are in; they forget all when they stop. */
export interface Vendors {
  okta: Okta;
  github: Github;
  /** What an administrator hands to the doer: where each system is and what opens it. */
  targets: Readonly<Record<string, Served>>;
  stop(): Promise<void>;
}

interface Served {
  root: { user: string; password: string };
  target: object;
}

const CLIENT = '0oacountersign';
const APP = { id: 7, installation: 70 };

export async function startVendors({ people, systems }: Organisation): Promise<Vendors> {
  const privateKey = newRsaKey();
  const [groups, teams] = [inOkta(systems), inGithub(systems)];
  const okta = await startOkta({
    users: people.flatMap(({ name, identities: { okta: login } }) => (login ? [{ login, name }] : [])),
    groups: Object.fromEntries(groups.map(({ group }) => [idOf(group), group])),
    client: { id: CLIENT, privateKey },
  });
  const github = await startGithub({
    organisation: teams[0]?.team.split('/')[0] ?? 'hookpilot',
    logins: people.flatMap(({ identities }) => identities.github ?? []),
    teams: Object.fromEntries(teams.map(({ team, may }) => [team.split('/')[1] ?? team, may])),
    app: { ...APP, privateKey },
  });
  const oktaTargets = groups.map(({ system }): [string, Served] => [
    system.id,
    {
      root: { user: CLIENT, password: privateKey },
      target: {
        kind: 'okta',
        url: okta.url,
        scopes: scopesOf(system, (scope) => ({ group: idOf(groupOf(scope)) })),
      },
    },
  ]);
  const githubTargets = teams.map(({ system }): [string, Served] => [
    system.id,
    {
      root: { user: String(APP.id), password: privateKey },
      target: {
        kind: 'github',
        url: github.url,
        installation: APP.installation,
        scopes: scopesOf(system, (scope) => ({ team: teamOf(scope) })),
      },
    },
  ]);
  return {
    okta,
    github,
    targets: Object.fromEntries([...oktaTargets, ...githubTargets]),
    stop: async () => {
      await Promise.all([okta.close(), github.close()]);
    },
  };
}

const scopesOf = (system: System, placeOf: (scope: Scope) => object) =>
  Object.fromEntries(system.scopes.map((scope) => [scope.id, placeOf(scope)]));

const inOkta = (systems: readonly System[]) =>
  systems
    .filter((system) => system.kind === 'okta')
    .flatMap((system) => system.scopes.map((scope) => ({ system, group: groupOf(scope) })));

const inGithub = (systems: readonly System[]) =>
  systems
    .filter((system) => system.kind === 'github')
    .flatMap((system) =>
      system.scopes.map((scope) => ({ system, team: teamOf(scope), may: permissionsOf(scope) })),
    );

const groupOf = (scope: Scope): string => wordAfter(scope, 'MEMBER OF GROUP ');
const teamOf = (scope: Scope): string => wordAfter(scope, 'MEMBER OF TEAM ');
const idOf = (group: string): string => `00g-${group}`;

/** `PUSH ON REPOSITORY hookpilot/billing` as what the team may do in `billing`. */
const permissionsOf = (scope: Scope): Record<string, string> =>
  Object.fromEntries(
    scope.privileges.flatMap((word) => {
      const [, permission = '', repository = ''] = /^([A-Z]+) ON REPOSITORY [^/]+\/(.+)$/.exec(word) ?? [];
      return repository === '' ? [] : [[repository, permission.toLowerCase()]];
    }),
  );

const wordAfter = (scope: Scope, start: string): string =>
  scope.privileges.find((word) => word.startsWith(start))?.slice(start.length) ?? scope.id;
