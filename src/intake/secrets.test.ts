import { describe, expect, it } from 'vitest';
import { findSecret } from './index.js';

const HELD: readonly (readonly [kind: string, text: string])[] = [
  ['a Countersign credential', `csp_${'A'.repeat(32)}`],
  ['a Countersign credential', `csa_${'a-'.repeat(16)}`],
  ['an API key', `api_key=${'a1'.repeat(12)}`],
  ['a password', 'password: "hunter2"'],
  ['a password', 'pwd=hunter2hunter2'],
  ['an AWS secret key', `aws_secret_access_key = ${'wJ/a'.repeat(10)}`],
  ['a private key', `AGE-SECRET-KEY-1${'Q'.repeat(58)}`],
  ['an Anthropic key', `sk-ant-api03-${'y'.repeat(24)}`],
  ['an OpenAI key', `sk-proj-${'x'.repeat(24)}`],
  ['a GitHub token', `github_pat_${'g'.repeat(22)}`],
  ['a GitHub token', `ghs_${'g'.repeat(36)}`],
  ['an AWS access key', `ASIA${'Z'.repeat(16)}`],
  ['a Slack token', `xapp-1-${'A'.repeat(12)}`],
  ['a Vault token', `hvs.${'C'.repeat(24)}`],
  ['a signed token', `eyJ${'a'.repeat(12)}.eyJ${'b'.repeat(12)}.${'c'.repeat(12)}`],
  ['a token', `token=${'t0'.repeat(12)}`],
  ['a connection string', 'see postgresql://app:s3cret@db/orders'],
  ['a private key', '-----BEGIN EC PRIVATE KEY-----'],
  ['an OpenAI key', `sk-${'x'.repeat(24)}`],
  ['a GitHub token', `ghp_${'g'.repeat(36)}`],
  ['an AWS access key', `AKIA${'Z'.repeat(16)}`],
  ['a Slack token', `xoxb-${'1'.repeat(12)}`],
];

describe('rule 15: a reason that holds a secret is refused', () => {
  it.each(HELD)('names %s without repeating it', (kind, text) => {
    expect(findSecret(`INC-1: ${text}`)).toBe(kind);
  });

  it.each([
    'INC-1: db down',
    'rotate the api key of the billing job',
    'token refresh fails since 10:42',
    'password: reset for the new people of the 2nd team',
    'secret: nothing to see',
    'https://wiki/x?id=1',
  ])('lets %j pass', (text) => expect(findSecret(text)).toBeNull());
});
