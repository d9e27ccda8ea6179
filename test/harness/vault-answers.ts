import { randomUUID } from 'node:crypto';

/** What a Vault knows, as far as a process of ours and its operator ask it. */
export interface VaultState {
  root: string;
  unsealKey: string;
  isSealed: boolean;
  /** The paths a policy lets read. */
  policies: Map<string, string[]>;
  roles: Map<string, { id: string; policy: string }>;
  secretIds: Map<string, { role: string; usesLeft: number }>;
  wrapped: Map<string, { answer: object; endsAt: number }>;
  /** A token and the policy it is under. */
  tokens: Map<string, string>;
  secrets: Map<string, unknown>;
}

export const newVaultState = (): VaultState => ({
  root: `hvs.${randomUUID()}`,
  unsealKey: randomUUID(),
  isSealed: false,
  policies: new Map(),
  roles: new Map(),
  secretIds: new Map(),
  wrapped: new Map(),
  tokens: new Map(),
  secrets: new Map(),
});

export interface VaultCall {
  method: string;
  /** Without `/v1/`. */
  path: string;
  token: string;
  wrapSeconds: number;
  body: Readonly<Record<string, unknown>>;
}

interface Answered {
  status: number;
  answer: object;
}

const ok = (answer: object): Answered => ({ status: 200, answer });
const refused = (status: number, why: string): Answered => ({ status, answer: { errors: [why] } });
const forbidden = refused(403, 'permission denied');

/** The statuses and sentences of Vault 1.21. */
export function answerAsVault(state: VaultState, call: VaultCall): Answered {
  if (call.path === 'sys/unseal') {
    state.isSealed = call.body['key'] !== state.unsealKey;
    return ok({ sealed: state.isSealed });
  }
  if (state.isSealed) return refused(503, 'Vault is sealed');
  if (call.path === 'auth/approle/login') return login(state, call.body);
  if (call.path === 'sys/wrapping/unwrap') return unwrap(state, call.token);
  if (call.token === state.root) return administer(state, call);
  const policy = state.tokens.get(call.token);
  if (policy === undefined) return forbidden;
  if (call.path === 'auth/token/revoke-self') {
    state.tokens.delete(call.token);
    return ok({});
  }
  const isAllowed = call.method === 'GET' && state.policies.get(policy)?.includes(call.path) === true;
  return isAllowed ? readSecret(state, call.path) : forbidden;
}

function login(state: VaultState, body: VaultCall['body']): Answered {
  const given = String(body['secret_id']);
  const secretId = state.secretIds.get(given);
  const role = secretId && state.roles.get(secretId.role);
  if (secretId === undefined || role === undefined || role.id !== body['role_id'])
    return refused(400, 'invalid role or secret ID');
  secretId.usesLeft -= 1;
  if (secretId.usesLeft === 0) state.secretIds.delete(given);
  const token = `hvs.${randomUUID()}`;
  state.tokens.set(token, role.policy);
  return ok({ auth: { client_token: token, lease_duration: 60, renewable: true } });
}

function unwrap(state: VaultState, token: string): Answered {
  const wrapped = state.wrapped.get(token);
  state.wrapped.delete(token);
  return wrapped !== undefined && wrapped.endsAt > performance.now()
    ? ok(wrapped.answer)
    : refused(400, 'wrapping token is not valid or does not exist');
}

function readSecret(state: VaultState, path: string): Answered {
  const data = state.secrets.get(path);
  return data === undefined ? { status: 404, answer: { errors: [] } } : ok({ data: { data, metadata: {} } });
}

function administer(state: VaultState, { method, path, body, wrapSeconds }: VaultCall): Answered {
  const [, name = ''] = /^(?:sys\/policies\/acl|auth\/approle\/role)\/([^/]+)/.exec(path) ?? [];
  if (path === 'sys/seal') state.isSealed = true;
  else if (path === 'auth/token/accessors?list=true')
    return ok({ data: { keys: ['root', ...state.tokens.keys()] } });
  else if (path.startsWith('sys/policies/acl/'))
    state.policies.set(
      name,
      [...String(body['policy']).matchAll(/path "([^"]+)"/g)].map(([, one = '']) => one),
    );
  else if (path.endsWith('/role-id')) return ok({ data: { role_id: state.roles.get(name)?.id } });
  else if (path.endsWith('/secret-id')) return issue(state, name, Number(body['num_uses'] ?? 0), wrapSeconds);
  else if (path.startsWith('auth/approle/role/'))
    state.roles.set(name, { id: randomUUID(), policy: String(body['token_policies']) });
  else if (path.startsWith('secret/data/') && method === 'POST') state.secrets.set(path, body['data']);
  return ok({});
}

function issue(state: VaultState, role: string, uses: number, wrapSeconds: number): Answered {
  const secretId = randomUUID();
  state.secretIds.set(secretId, { role, usesLeft: uses === 0 ? Number.POSITIVE_INFINITY : uses });
  const answer = { data: { secret_id: secretId } };
  if (wrapSeconds === 0) return ok(answer);
  const token = `hvs.${randomUUID()}`;
  state.wrapped.set(token, { answer, endsAt: performance.now() + wrapSeconds * 1_000 });
  return ok({ wrap_info: { token, ttl: wrapSeconds } });
}
