import { randomBytes, randomUUID } from 'node:crypto';
import { createEmulator } from 'emulate';
import { freePort } from '../slack/index.js';
import { type Front, type Reply, startFront } from './front.js';
import { openJwt, publicKeyOf } from './jwt.js';

export interface OktaSeed {
  users: readonly { login: string; name: string }[];
  /** By id. */
  groups: Readonly<Record<string, string>>;
  /** The API services integration that mints tokens. */
  client: { id: string; privateKey: string };
}

/** An emulated Okta with what the emulator lacks: private-key clients, tokens that can be revoked, sessions of people. */
export interface Okta extends Front {
  /** Somebody signs in; gives the session. */
  signIn(login: string): Promise<string>;
  isSignedIn(session: string): boolean;
  /** As an administrator of the organisation would, by hand. */
  setMember(group: string, login: string, member: boolean): Promise<void>;
  isMember(group: string, login: string): Promise<boolean>;
  setStatus(login: string, status: 'suspend' | 'unsuspend'): Promise<void>;
  /** The emulator itself, and a token of its operator. */
  operator: { url: string; token: string };
  /** Tokens minted and neither revoked nor expired. */
  liveTokens(): number;
}

const OPERATOR = 'emulator-operator';
const SCOPES = ['okta.groups.manage', 'okta.users.manage'];

export async function startOkta(seed: OktaSeed, port = 0): Promise<Okta> {
  const emulator = await createEmulator({
    service: 'okta',
    port: await freePort(),
    seed: { tokens: { [OPERATOR]: { login: OPERATOR } }, okta: seedOf(seed) },
  });
  const key = publicKeyOf(seed.client.privateKey);
  const assertions = new Set<string>();
  const tokens = new Map<string, number>();
  const sessions = new Map<string, string>();
  const operate = (method: string, path: string): Promise<Response> =>
    fetch(emulator.url + path, { method, headers: { authorization: `SSWS ${OPERATOR}` } });
  const oauth = (endpoint: string, form: URLSearchParams): Reply => {
    const claims = openJwt(form.get('client_assertion') ?? '', key);
    const isFresh =
      claims?.iss === seed.client.id &&
      claims.aud === `${front.url}/oauth2/v1/${endpoint}` &&
      claims.jti !== undefined &&
      !assertions.has(claims.jti);
    if (!isFresh) return { status: 401, json: { error: 'invalid_client' } };
    assertions.add(claims.jti ?? '');
    if (endpoint === 'revoke') {
      tokens.delete(form.get('token') ?? '');
      return { status: 200 };
    }
    const asked = (form.get('scope') ?? '').split(' ');
    if (!SCOPES.every((scope) => asked.includes(scope)))
      return { status: 400, json: { error: 'invalid_scope' } };
    const token = `okta_${randomBytes(20).toString('base64url')}`;
    tokens.set(token, Date.now() + 3_600_000);
    return { status: 200, json: { token_type: 'Bearer', expires_in: 3_600, access_token: token } };
  };
  const front: Front = await startFront({
    port,
    upstream: emulator.url,
    close: () => emulator.close(),
    answer: async (call, forward) => {
      const endpoint = /^\/oauth2\/v1\/(token|revoke)$/.exec(call.path)?.[1];
      if (endpoint !== undefined) return oauth(endpoint, new URLSearchParams(call.body));
      if (call.path === '/oauth2/v1/keys') return forward(call);
      const token = call.headers['authorization']?.replace('Bearer ', '') ?? '';
      if ((tokens.get(token) ?? 0) < Date.now()) return { status: 401, json: { errorCode: 'E0000011' } };
      const person = /^\/api\/v1\/users\/([^/]+)\/sessions$/.exec(call.path)?.[1];
      if (person !== undefined && call.method === 'DELETE') {
        for (const [session, holder] of sessions) if (holder === person) sessions.delete(session);
        return { status: 204 };
      }
      if (/^\/api\/v1\/groups\/[^/]+\/roles$/.test(call.path)) return { status: 200, json: [] };
      return forward({ ...call, headers: { ...call.headers, authorization: `SSWS ${OPERATOR}` } });
    },
  });
  return {
    ...front,
    operator: { url: emulator.url, token: OPERATOR },
    async signIn(login) {
      const session = randomUUID();
      sessions.set(session, idOf(login));
      return session;
    },
    isSignedIn: (session) => sessions.has(session),
    async setMember(group, login, member) {
      await operate(member ? 'PUT' : 'DELETE', `/api/v1/groups/${group}/users/${idOf(login)}`);
    },
    async isMember(group, login) {
      const answer = await operate('GET', `/api/v1/groups/${group}/users`);
      return (await answer.text()).includes(`"${idOf(login)}"`);
    },
    async setStatus(login, status) {
      await operate('POST', `/api/v1/users/${idOf(login)}/lifecycle/${status}`);
    },
    liveTokens: () => [...tokens.values()].filter((expiry) => expiry > Date.now()).length,
  };
}

/** Stable, so that a restarted emulator knows the same people. */
const idOf = (login: string): string => `00u${Buffer.from(login).toString('hex')}`;

const seedOf = ({ users, groups }: OktaSeed) => ({
  users: users.map(({ login, name }) => {
    const [first = name, ...last] = name.split(' ');
    return { okta_id: idOf(login), login, email: login, first_name: first, last_name: last.join(' ') };
  }),
  groups: Object.entries(groups).map(([id, name]) => ({ okta_id: id, name })),
});
