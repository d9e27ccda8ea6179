import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { openVendor } from '../http/index.js';
import { signJwt } from './jwt.js';
import type { RootCredential } from './sealed-store.js';
import type { TokenTarget, TokenVendor } from './token-broker.js';

/** What the connector needs: members of groups, and the sessions of people. */
const SCOPES = 'okta.groups.manage okta.users.manage okta.roles.read';
const ASSERTION_SECONDS = 60;
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** An API services integration of Okta: client credentials with a private key (RFC 7523), revoked by RFC 7009. */
export const oktaTokens: TokenVendor = {
  async mint(target, root) {
    const answer = await vendor(target).call('POST', '/oauth2/v1/token', {
      form: { grant_type: 'client_credentials', scope: SCOPES, ...assertion(target, root, 'token') },
    });
    return z.object({ access_token: z.string().min(1) }).parse(answer.body).access_token;
  },
  async revoke(target, root, token) {
    await vendor(target).call('POST', '/oauth2/v1/revoke', {
      form: { token, token_type_hint: 'access_token', ...assertion(target, root, 'revoke') },
    });
  },
};

const vendor = ({ url }: TokenTarget) => openVendor({ url, headers: { accept: 'application/json' } });

function assertion({ url }: TokenTarget, { user, password }: RootCredential, endpoint: string) {
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    iss: user,
    sub: user,
    aud: new URL(`/oauth2/v1/${endpoint}`, url).href,
    jti: randomUUID(),
    iat: now,
    exp: now + ASSERTION_SECONDS,
  };
  return {
    client_id: user,
    client_assertion_type: JWT_BEARER,
    client_assertion: signJwt(claims, password),
  };
}
