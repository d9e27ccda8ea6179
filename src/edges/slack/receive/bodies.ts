import { z } from 'zod';
import { Entered } from './view-values.js';

/** What the edge reads of Slack's payloads; the rest passes unread. */

const Person = {
  team: z.object({ id: z.string() }).nullish(),
  user: z.object({ id: z.string() }),
};

const OpenView = z.object({
  id: z.string(),
  type: z.string(),
  hash: z.string().optional(),
  private_metadata: z.string().default(''),
  state: z.unknown(),
});
export type OpenView = z.infer<typeof OpenView>;

export const ActionBody = z.object({
  ...Person,
  trigger_id: z.string(),
  container: z
    .object({
      channel_id: z.string().optional(),
      message_ts: z.string().optional(),
      thread_ts: z.string().optional(),
      is_ephemeral: z.boolean().optional(),
    })
    .optional(),
  view: OpenView.nullish(),
  actions: z.array(Entered.extend({ block_id: z.string().optional() })).min(1),
});
export type ActionBody = z.infer<typeof ActionBody>;

export const SubmissionBody = z.object({
  ...Person,
  trigger_id: z.string().default(''),
  view: OpenView.extend({
    callback_id: z.string(),
    blocks: z.array(z.object({ type: z.string(), block_id: z.string().optional() })),
  }),
});

export const SearchBody = z.object({ ...Person, value: z.string().default('') });

export const ShortcutBody = z.object({
  ...Person,
  trigger_id: z.string(),
  channel: z.object({ id: z.string() }),
  message: z.object({
    ts: z.string(),
    text: z.string().default(''),
    thread_ts: z.string().optional(),
  }),
});
