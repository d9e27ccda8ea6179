import { createEmulator } from 'emulate';
import { z } from 'zod';
import { freePort } from '../slack/index.js';
import { type Call, type Front, type Reply, startFront } from './front.js';

export interface GithubSeed {
  organisation: string;
  logins: readonly string[];
  /** A team's slug, and what it may do in which repositories. */
  teams: Readonly<Record<string, Readonly<Record<string, string>>>>;
  app: { id: number; installation: number; privateKey: string };
}

/** An emulated GitHub with what the emulator lacks: tokens that can be revoked, accounts by id, what a team may do. */
export interface Github extends Front {
  /** As an owner of the organisation would, by hand. */
  setMember(team: string, login: string, member: boolean): Promise<void>;
  isMember(team: string, login: string): Promise<boolean>;
  liveTokens(): number;
  /** The emulator itself, and a token of its operator. */
  operator: { url: string; token: string };
}

const OPERATOR = 'emulator-operator';

export async function startGithub(seed: GithubSeed, port = 0): Promise<Github> {
  const { organisation } = seed;
  const emulator = await createEmulator({
    service: 'github',
    port: await freePort(),
    seed: {
      tokens: { [OPERATOR]: { login: OPERATOR, scopes: ['admin:org', 'repo'] } },
      github: seedOf(seed),
    },
  });
  const operate = (method: string, path: string, json?: object): Promise<Response> =>
    fetch(emulator.url + path, {
      method,
      headers: { authorization: `Bearer ${OPERATOR}`, 'content-type': 'application/json' },
      body: json === undefined ? null : JSON.stringify(json),
    });
  for (const [team, repositories] of Object.entries(seed.teams)) {
    await operate('POST', `/orgs/${organisation}/teams`, { name: team });
    for (const name of Object.keys(repositories))
      await operate('PUT', `/orgs/${organisation}/teams/${team}/repos/${organisation}/${name}`);
  }
  const tokens = new Set<string>();
  const front = await startFront({
    port,
    upstream: emulator.url,
    close: () => emulator.close(),
    answer: (call, forward) => answer(seed, tokens, call, forward),
  });
  const membership = (team: string, login: string) =>
    `/orgs/${organisation}/teams/${team}/memberships/${login}`;
  return {
    ...front,
    operator: { url: emulator.url, token: OPERATOR },
    async setMember(team, login, member) {
      await operate(
        member ? 'PUT' : 'DELETE',
        membership(team, login),
        member ? { role: 'member' } : undefined,
      );
    },
    isMember: async (team, login) => (await operate('GET', membership(team, login))).ok,
    liveTokens: () => tokens.size,
  };
}

const User = z.looseObject({ id: z.int() });
const Repositories = z.array(z.looseObject({ name: z.string() }));

async function answer(
  seed: GithubSeed,
  tokens: Set<string>,
  call: Call,
  forward: (call: Call) => Promise<Reply>,
): Promise<Reply> {
  const token = call.headers['authorization']?.replace('Bearer ', '') ?? '';
  if (call.path.endsWith('/access_tokens')) {
    const minted = await forward(call);
    const parsed = z.object({ token: z.string() }).safeParse(minted.json);
    if (parsed.success) tokens.add(parsed.data.token);
    return minted;
  }
  if (!tokens.has(token)) return { status: 401, json: { message: 'Bad credentials' } };
  if (call.path === '/installation/token' && call.method === 'DELETE') {
    tokens.delete(token);
    return { status: 204 };
  }
  const id = /^\/user\/(\d+)$/.exec(call.path)?.[1];
  if (id !== undefined) {
    for (const login of seed.logins) {
      const found = await forward({ ...call, path: `/users/${login}` });
      if (String(User.parse(found.json).id) === id) return found;
    }
    return { status: 404, json: { message: 'Not Found' } };
  }
  const reply = await forward(call);
  const team = /^\/orgs\/[^/]+\/teams\/([^/]+)\/repos$/.exec(call.path)?.[1];
  return team === undefined || reply.status !== 200
    ? reply
    : { ...reply, json: permitted(seed, team, reply) };
}

/** A team's repositories as GitHub lists them: with what the team may do there. */
const permitted = (seed: GithubSeed, team: string, reply: Reply) =>
  Repositories.parse(reply.json).map((repository) => ({
    ...repository,
    permissions: { pull: true, [seed.teams[team]?.[repository.name] ?? 'pull']: true },
  }));

const seedOf = ({ organisation, logins, teams, app }: GithubSeed) => ({
  users: [{ login: OPERATOR, site_admin: true }, ...logins.map((login) => ({ login }))],
  orgs: [
    {
      login: organisation,
      members: [{ login: OPERATOR, role: 'admin' }, ...logins.map((login) => ({ login, role: 'member' }))],
    },
  ],
  repos: [...new Set(Object.values(teams).flatMap((repositories) => Object.keys(repositories)))].map(
    (name) => ({
      owner: organisation,
      name,
      private: true,
    }),
  ),
  apps: [
    {
      app_id: app.id,
      slug: 'countersign',
      name: 'Countersign',
      private_key: app.privateKey,
      permissions: { members: 'write', metadata: 'read' },
      installations: [{ installation_id: app.installation, account: organisation }],
    },
  ],
});
