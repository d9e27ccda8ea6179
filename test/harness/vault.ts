import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { realVault } from '../../scripts/lib/test-tools.js';
import { parseJson, readBody, sendJson } from './slack/http.js';
import { freePort, waitUntil } from './slack/index.js';
import { answerAsVault, newVaultState } from './vault-answers.js';

/** A Vault with AppRole and KV version 2 at `secret/`: a stand-in over real HTTP, or a real one. */
export interface TestVault {
  url: string;
  /** Writes a secret, as `vault kv put` does. */
  put(path: string, fields: Readonly<Record<string, unknown>>): Promise<void>;
  /** A role that may read this one path; gives its role-id. */
  role(name: string, path: string): Promise<string>;
  secretId(role: string): Promise<string>;
  /** A secret-id of one use, wrapped for as many seconds. */
  wrappedSecretId(role: string, seconds?: number): Promise<string>;
  /** Tokens alive besides our own. */
  tokens(): Promise<number>;
  unwrap(token: string): Promise<unknown>;
  seal(): Promise<void>;
  unseal(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The binary named by COUNTERSIGN_TEST_VAULT, which takes an address and prints its root token and unseal key; else a
 * stand-in.
 */
export async function startVault(): Promise<TestVault> {
  const binary = realVault();
  if (binary !== undefined) return prepared(await startReal(binary));
  process.stderr.write(
    'SKIPPED against a real Vault: COUNTERSIGN_TEST_VAULT names none. A stand-in answers.\n',
  );
  return prepared(await startStandIn());
}

interface Started {
  url: string;
  root: string;
  unsealKey: string;
  close: () => Promise<void>;
}

async function startStandIn(): Promise<Started> {
  const state = newVaultState();
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const { status, answer } = answerAsVault(state, {
        method: request.method ?? '',
        path: (request.url ?? '').replace(/^\/v1\//, ''),
        token: header(request, 'x-vault-token'),
        wrapSeconds: Number(header(request, 'x-vault-wrap-ttl')),
        body: z.record(z.string(), z.unknown()).catch({}).parse(parseJson(body.toString())),
      });
      sendJson(response, answer, status);
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    root: state.root,
    unsealKey: state.unsealKey,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const header = (request: IncomingMessage, name: string): string =>
  z.string().catch('').parse(request.headers[name]);

async function startReal(binary: string): Promise<Started> {
  const address = `127.0.0.1:${await freePort()}`;
  const child: ChildProcess = spawn(binary, [address], { stdio: ['ignore', 'pipe', 'ignore'] });
  if (child.stdout === null) throw new Error('no output');
  const [line] = z.tuple([z.string()]).parse(await once(createInterface(child.stdout), 'line'));
  const told = z.object({ token: z.string(), unseal: z.string() }).parse(parseJson(line));
  return {
    url: `http://${address}`,
    root: told.token,
    unsealKey: told.unseal,
    close: async () => {
      if (child.kill('SIGKILL')) await once(child, 'exit');
    },
  };
}

const RoleId = z.object({ data: z.object({ role_id: z.string() }) });
const SecretId = z.object({ data: z.object({ secret_id: z.string() }) });
const Wrapped = z.object({ wrap_info: z.object({ token: z.string() }) });
const Accessors = z.object({ data: z.object({ keys: z.array(z.string()) }) });

/** What an operator does to a Vault, over the API that both have. */
async function prepared({ url, root, unsealKey, close }: Started): Promise<TestVault> {
  const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${url}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': root, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return parseJson(text);
  };
  await call('POST', 'sys/auth/approle', { type: 'approle' });
  await call('POST', 'sys/mounts/secret', { type: 'kv', options: { version: '2' } });
  const put = async (path: string, fields: Readonly<Record<string, unknown>>) => {
    await call('POST', `secret/data/${path}`, { data: fields });
  };
  await waitUntil(
    'the engine to be ready',
    async () =>
      put(`ready-${randomUUID()}`, {}).then(
        () => true,
        () => undefined,
      ),
    20_000,
  );
  return {
    url,
    put,
    async role(name, path) {
      await call('PUT', `sys/policies/acl/${name}`, {
        policy: `path "secret/data/${path}" { capabilities = ["read"] }`,
      });
      await call('POST', `auth/approle/role/${name}`, { token_policies: name, token_ttl: '60s' });
      return RoleId.parse(await call('GET', `auth/approle/role/${name}/role-id`)).data.role_id;
    },
    secretId: async (role) =>
      SecretId.parse(await call('POST', `auth/approle/role/${role}/secret-id`, {})).data.secret_id,
    wrappedSecretId: async (role, seconds = 60) =>
      Wrapped.parse(
        await call(
          'POST',
          `auth/approle/role/${role}/secret-id`,
          { num_uses: 1 },
          { 'x-vault-wrap-ttl': `${seconds}` },
        ),
      ).wrap_info.token,
    tokens: async () =>
      Accessors.parse(await call('GET', 'auth/token/accessors?list=true')).data.keys.length - 1,
    unwrap: (token) => call('POST', 'sys/wrapping/unwrap', undefined, { 'x-vault-token': token }),
    seal: async () => {
      await call('PUT', 'sys/seal');
    },
    unseal: async () => {
      await call('PUT', 'sys/unseal', { key: unsealKey });
    },
    close,
  };
}
