/**
 * What a text that people will read must not hold. Deterministic on purpose: the same text is refused every time, and
 * the answer names the kind of secret, never the secret.
 */
const PATTERNS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['an API key', /(api[_-]?key|apikey)\s*[=:]\s*["']?[a-z0-9]{20,}/i],
  ['a password', /(secret|password|passwd|pwd)\s*[=:]\s*["'][^"']+/i],
  ['a token', /(token)\s*[=:]\s*["']?[a-z0-9_-]{20,}/i],
  ['a connection string', /(connection[_-]?string|connstr)\s*[=:]\s*["'][^"']+/i],
  ['a connection string', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/i],
  ['a private key', /(private[_-]?key)\s*[=:]\s*["'][^"']+/i],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['an OpenAI key', /sk-[a-zA-Z0-9]{20,}/],
  ['a GitHub token', /ghp_[a-zA-Z0-9]{36}/],
  ['an AWS access key', /AKIA[A-Z0-9]{16}/],
  ['a Slack token', /xox[abeoprs]-[a-zA-Z0-9-]{10,}/],
];

/** The kind of secret `text` seems to hold, e.g. `a GitHub token`, or null. */
export function findSecret(text: string): string | null {
  return PATTERNS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}
