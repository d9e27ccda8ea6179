import type { Channel, Json } from '../shapes.js';
import { problemLine } from '../violations.js';
import { type ApiParts, type Call, type CallAnswer, failure } from './call.js';

const TEXT_LIMIT = 40_000;

/** Slack's checks on posting and editing; what passes is the stand-in's to do, unless it does not know the message. */
export function answerMessageCall(parts: ApiParts, { method, args }: Call): CallAnswer {
  switch (method) {
    case 'chat.postMessage':
      return refuseContent(parts, method, args) ?? refusePlace(parts, args) ?? refusePace(parts, args);
    case 'chat.postEphemeral':
      return refuseContent(parts, method, args) ?? refusePlace(parts, args) ?? refuseStranger(parts, args);
    case 'chat.update':
      return refuseContent(parts, method, args) ?? refuseEphemeral(parts, args) ?? updateOwn(parts, args);
    case 'chat.delete': {
      const { channel, ts } = address(args);
      return parts.mirror.deleteOwn(channel, ts) ? { body: { ok: true, channel, ts } } : undefined;
    }
    case 'chat.getPermalink':
      return permalinkOfOwn(parts, args);
    default:
      return undefined;
  }
}

function refuseContent(parts: ApiParts, method: string, args: Json): CallAnswer {
  const { text, blocks, attachments } = args;
  if (!text && !blocks && !attachments) return failure('no_text');
  if (typeof text === 'string' && text.length > TEXT_LIMIT) return failure('msg_too_long');
  const problems = parts.violations.check(method, { message: { text, blocks, attachments } });
  if (problems.length === 0) return undefined;
  return failure('invalid_blocks', { response_metadata: { messages: problems.map(problemLine) } });
}

/** A channel by id; a person's id stands for the direct message with them, which needs no membership. */
function refusePlace(parts: ApiParts, args: Json): CallAnswer {
  const id = String(args['channel'] ?? '');
  if (parts.mirror.users().some((user) => user.id === id)) return undefined;
  const channel = parts.mirror.channel(id);
  if (!channel) return failure('channel_not_found');
  return isMember(channel, parts.config.app.botUserId) ? undefined : failure('not_in_channel');
}

function refuseStranger(parts: ApiParts, args: Json): CallAnswer {
  const user = String(args['user'] ?? '');
  const channel = parts.mirror.channel(String(args['channel'] ?? ''));
  return channel && !isMember(channel, user) ? failure('user_not_in_channel') : undefined;
}

function refusePace(parts: ApiParts, args: Json): CallAnswer {
  const seconds = parts.pacing.take(String(args['channel'] ?? ''));
  if (seconds === 0) return undefined;
  return { ...failure('ratelimited'), status: 429, headers: { 'retry-after': String(seconds) } };
}

function refuseEphemeral(parts: ApiParts, args: Json): CallAnswer {
  const { channel, ts } = address(args);
  return parts.mirror.find(channel, ts)?.subtype === 'ephemeral' ? failure('cant_update_message') : undefined;
}

function updateOwn(parts: ApiParts, args: Json): CallAnswer {
  const { channel, ts } = address(args);
  const { text, blocks, attachments } = args;
  const message = parts.mirror.updateOwn(channel, ts, { text, blocks, attachments, edited: { ts } });
  return message && { body: { ok: true, channel, ts, text: message.text, message } };
}

function permalinkOfOwn(parts: ApiParts, args: Json): CallAnswer {
  const channel = String(args['channel'] ?? '');
  const ts = String(args['message_ts'] ?? '');
  if (!parts.mirror.ownMessages(channel).some((message) => message.ts === ts)) return undefined;
  return {
    body: { ok: true, channel, permalink: `${parts.origin}/archives/${channel}/p${ts.replace('.', '')}` },
  };
}

const address = (args: Json) => ({ channel: String(args['channel'] ?? ''), ts: String(args['ts'] ?? '') });

const isMember = (channel: Channel, user: string): boolean =>
  channel.is_im === true || channel.members.includes(user);
