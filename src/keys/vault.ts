import nodeVault from 'node-vault';
import { z } from 'zod';
import { CountersignError } from '../core/errors.js';
import { AWAY, patiently, statusOf } from './vault-patience.js';

/** One secret of a KV version 2 engine, and the AppRole that may read it and nothing else. */
export interface VaultPlace {
  url: string;
  namespace?: string | undefined;
  mount: string;
  path: string;
  roleId: string;
  /** Wrapped: a response-wrapping token, which opens once. */
  secretId: { kind: 'plain' | 'wrapped'; value: string };
}

export interface VaultPatience {
  /** How long a Vault that is away or sealed is waited for. */
  patienceMs: number;
  /** Told in a sentence why we wait. */
  onWait: (why: string) => void;
}

const ATTEMPT_MS = 5_000;

const Unwrapped = z.object({ data: z.object({ secret_id: z.string().min(1) }) });
const Secret = z.object({ data: z.object({ data: z.record(z.string(), z.string()) }) });

/**
 * Unwraps, logs in, reads once, gives the token back. One read gives every field of one version, so a rotation is seen
 * whole or not at all. Throws `vault_away`, `vault_wrapping_spent`, `vault_login_refused`, `vault_forbidden`,
 * `vault_keys_missing` or `vault_refused`: none carries an answer, a token or a key.
 */
export async function readVault(
  place: VaultPlace,
  patience: VaultPatience,
): Promise<ReadonlyMap<string, string>> {
  const vault = nodeVault({
    endpoint: place.url,
    ...(place.namespace === undefined ? {} : { namespace: place.namespace }),
    // Neither VAULT_SKIP_VERIFY nor DEBUG in the environment may show our secrets to somebody else.
    requestOptions: { strictSSL: true, timeout: ATTEMPT_MS },
    debug: () => undefined,
  });
  const deadline = performance.now() + patience.patienceMs;
  const step = async <T extends z.ZodType>(name: Step, shape: T, call: () => Promise<unknown>) => {
    const answer = await patiently(call, { ...patience, deadline, url: place.url }).catch(
      (error: unknown) => {
        throw refusal(name, place, error);
      },
    );
    const parsed = shape.safeParse(answer);
    if (!parsed.success) throw malformed(name, place);
    return parsed.data;
  };

  let secretId = place.secretId.value;
  if (place.secretId.kind === 'wrapped') {
    vault.token = secretId;
    secretId = (await step('unwrap', Unwrapped, () => vault.unwrap())).data.secret_id;
  }
  // Empty, or node-vault would send a VAULT_TOKEN it found in the environment.
  vault.token = '';
  const login = { role_id: place.roleId, secret_id: secretId };
  await step('login', z.unknown(), () => vault.approleLogin(login));
  const { data } = await step('read', Secret, () => vault.read(`${place.mount}/data/${place.path}`));
  // At best: a token nobody can give back runs out by itself.
  await vault.tokenRevokeSelf().catch(() => undefined);
  return new Map(Object.entries(data.data));
}

type Step = 'unwrap' | 'login' | 'read';

function refusal(step: Step, place: VaultPlace, error: unknown): CountersignError {
  if (error instanceof CountersignError && error.code === AWAY) return error;
  const status = statusOf(error);
  const where = `${place.mount}/${place.path}`;
  if (step === 'unwrap' && (status === 400 || status === 403))
    return new CountersignError(
      'vault_wrapping_spent',
      'The wrapped secret-id was opened before, or has run out. Hand this process a new one; if it was not this process that opened it, somebody else holds its secret-id: destroy that first.',
    );
  if (step === 'login' && (status === 400 || status === 403))
    return new CountersignError(
      'vault_login_refused',
      'Vault refuses the role-id or the secret-id of this process. Hand it a new secret-id of its own role.',
    );
  if (step === 'read' && status === 403)
    return new CountersignError(
      'vault_forbidden',
      `Vault does not let this process read ${where}. Give its role a policy with read on ${place.mount}/data/${place.path}.`,
    );
  if (step === 'read' && status === 404)
    return new CountersignError(
      'vault_keys_missing',
      `Vault holds no keys at ${where}. Load them as docs/key-rotation.md says.`,
    );
  return new CountersignError('vault_refused', `Vault refuses to ${step} (status ${status ?? 'unknown'}).`);
}

const malformed = (step: Step, { mount, path }: VaultPlace) =>
  step === 'read'
    ? new CountersignError(
        'vault_keys_missing',
        `What Vault holds at ${mount}/${path} are no keys of ours: it takes one text field a key file, in a KV engine of version 2.`,
      )
    : new CountersignError('vault_refused', `What Vault answers to ${step} cannot be understood.`);
