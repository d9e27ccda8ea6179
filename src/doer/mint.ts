import { randomInt } from 'node:crypto';
import { Encrypter } from 'age-encryption';
import type { Credential } from '../packet/index.js';

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

/**
 * 32 characters that survive shells, URIs and SASL unchanged: 186 random bits. The prefix is what the filter of free text
 * knows it by (intake/secrets.ts), since people paste what they were just shown.
 */
export const mintPassword = (): string =>
  `csp_${Array.from({ length: 32 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`;

/** What the asker's one-use key opens, and nobody else. */
export function credentialFor(
  recipient: string,
  { host, port, ca }: { host: string; port: number; ca: string | null },
  login: { database: string; user: string; password: string },
): Promise<string> {
  const name = host.includes(':') ? `[${host}]` : host;
  const query = ca === null ? '' : '?sslmode=verify-full';
  const uri = `postgresql://${login.user}:${login.password}@${name}:${port}/${encodeURIComponent(login.database)}${query}`;
  return encryptTo(recipient, { uri, host, port, ...login });
}

async function encryptTo(recipient: string, credential: Credential): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return Buffer.from(await encrypter.encrypt(JSON.stringify(credential))).toString('base64');
}
