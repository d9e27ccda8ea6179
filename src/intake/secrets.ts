/**
 * What a text that people will read must not hold. Deterministic on purpose: the same text is refused every time, and
 * the answer names the kind of secret, never the secret.
 */
const PATTERNS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  // Ours: a minted password, an auditor's token.
  ['a Countersign credential', /\bcs[pa]_[\w-]{32}/],
  ['an API key', /(api[_-]?key|apikey)\s*[=:]\s*["']?[a-z0-9]{20,}/i],
  ['an AWS secret key', /aws_secret_access_key\s*[=:]\s*["']?[a-z0-9/+]{20,}/i],
  ['a password', /(secret|password|passwd|pwd)\s*[=:]\s*["'][^"']+/i],
  // Without quotes a word may be prose ("password: reset"), so it takes a digit.
  ['a password', /(secret|password|passwd|pwd)\s*[=:]\s*(?=\S*\d)\S{6,}/i],
  ['a token', /(token)\s*[=:]\s*["']?[a-z0-9_-]{20,}/i],
  ['a connection string', /(connection[_-]?string|connstr)\s*[=:]\s*["'][^"']+/i],
  ['a connection string', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/i],
  ['a private key', /(private[_-]?key)\s*[=:]\s*["'][^"']+/i],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['a private key', /AGE-SECRET-KEY-1[A-Z0-9]{20,}/],
  ['an Anthropic key', /sk-ant-[\w-]{20,}/],
  ['an OpenAI key', /sk-[\w-]{20,}/],
  ['a GitHub token', /gh[pousr]_[a-zA-Z0-9]{36}|github_pat_\w{22,}/],
  ['an AWS access key', /(AKIA|ASIA)[A-Z0-9]{16}/],
  ['a Slack token', /x(ox[abeoprs]|app)-[a-zA-Z0-9-]{10,}/],
  ['a Vault token', /\bhv[sbr]\.[\w-]{20,}/],
  ['a signed token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/],
];

/** The kind of secret `text` seems to hold, e.g. `a GitHub token`, or null. */
export function findSecret(text: string): string | null {
  return PATTERNS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}
