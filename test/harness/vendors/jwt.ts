import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';

const Claims = z.object({
  iss: z.string(),
  aud: z.string().optional(),
  exp: z.int(),
  jti: z.string().optional(),
});
export type Claims = z.infer<typeof Claims>;

export const publicKeyOf = (privateKeyPem: string): KeyObject => createPublicKey(privateKeyPem);

/** The claims of an RS256 token that verifies and has not expired; null for any other. */
export function openJwt(token: string, key: KeyObject): Claims | null {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const isTrue = verify(
    'RSA-SHA256',
    Buffer.from(`${header}.${claims}`),
    key,
    Buffer.from(signature, 'base64url'),
  );
  if (!isTrue) return null;
  const parsed = Claims.parse(JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')));
  return parsed.exp * 1_000 > Date.now() ? parsed : null;
}

export const newRsaKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2_048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
