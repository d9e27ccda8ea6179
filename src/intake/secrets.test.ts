import { describe, expect, it } from 'vitest';
import { findSecret } from './index.js';

const HELD = {
  'an API key': `api_key=${'a1'.repeat(12)}`,
  'a password': 'password: "hunter2"',
  'a token': `token=${'t0'.repeat(12)}`,
  'a connection string': 'see postgresql://app:s3cret@db/orders',
  'a private key': '-----BEGIN EC PRIVATE KEY-----',
  'an OpenAI key': `sk-${'x'.repeat(24)}`,
  'a GitHub token': `ghp_${'g'.repeat(36)}`,
  'an AWS access key': `AKIA${'Z'.repeat(16)}`,
  'a Slack token': `xoxb-${'1'.repeat(12)}`,
};

describe('rule 15: a reason that holds a secret is refused', () => {
  it.each(Object.entries(HELD))('names %s without repeating it', (kind, text) => {
    expect(findSecret(`INC-1: ${text}`)).toBe(kind);
  });

  it.each([
    'INC-1: db down',
    'rotate the api key of the billing job',
    'token refresh fails since 10:42',
    'https://wiki/x?id=1',
  ])('lets %j pass', (text) => expect(findSecret(text)).toBeNull());
});
