import type { IncomingMessage } from 'node:http';
import type { SlackConfig } from '../config.js';
import type { Json } from '../shapes.js';
import { type CallAnswer, failure } from './call.js';

/** Slack's answer to a missing, a foreign and a wrong kind of token. */
export function refuseToken(
  config: SlackConfig,
  method: string,
  request: IncomingMessage,
  args: Json,
): CallAnswer {
  if (method === 'api.test') return undefined;
  const bearer = request.headers.authorization?.replace(/^Bearer /u, '');
  const token = bearer ?? args['token'];
  if (!token) return failure('not_authed');
  const wanted = method === 'apps.connections.open' ? config.app.appToken : config.app.botToken;
  if (token === wanted) return undefined;
  const ours = token === config.app.appToken || token === config.app.botToken;
  return failure(ours ? 'not_allowed_token_type' : 'invalid_auth');
}
