import { z } from 'zod';
import { openVendor } from '../http/index.js';
import { signJwt } from './jwt.js';
import type { RootCredential } from './sealed-store.js';
import type { TokenVendor } from './token-broker.js';

/** GitHub asks to date the assertion back a little, since clocks differ. */
const BACKDATED_SECONDS = 30;
const ASSERTION_SECONDS = 60;

/** An installation of a GitHub App: a token for the members of its organisation's teams, and nothing else the app may. */
export const githubTokens: TokenVendor = {
  async mint({ url, installation }, root) {
    const path = `/app/installations/${installation ?? 0}/access_tokens`;
    const answer = await vendor(url, assertion(root)).call('POST', path, {
      json: { permissions: { members: 'write' } },
    });
    return z.object({ token: z.string().min(1) }).parse(answer.body).token;
  },
  async revoke({ url }, _root, token) {
    await vendor(url, token).call('DELETE', '/installation/token');
  },
};

const vendor = (url: string, bearer: string) =>
  openVendor({
    url,
    headers: {
      authorization: `Bearer ${bearer}`,
      accept: 'application/vnd.github+json',
      'user-agent': 'countersign-doer',
    },
  });

function assertion({ user, password }: RootCredential): string {
  const now = Math.floor(Date.now() / 1_000);
  return signJwt({ iss: user, iat: now - BACKDATED_SECONDS, exp: now + ASSERTION_SECONDS }, password);
}
