import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/**
 * What PostgreSQL stores in place of a password (RFC 5802 §3 with SHA-256, RFC 7677): `PASSWORD '<verifier>'` is kept byte
 * for byte, so the clear text never reaches the server or its log. ASCII passwords only: no SASLprep here.
 * @throws RangeError on a password with anything but printable ASCII.
 */
export function scramVerifier(
  password: string,
  salt: Uint8Array = randomBytes(16),
  iterations = 4_096,
): string {
  if (!/^[\x20-\x7e]+$/.test(password)) throw new RangeError('a SCRAM password is printable ASCII');
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const hmac = (message: string): Buffer => createHmac('sha256', salted).update(message).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const serverKey = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString('base64')}$${storedKey}:${serverKey}`;
}
