import { z } from 'zod';

/** The parts of Slack's JSON that the proxy looks at; everything else passes through untouched. */
export const Json = z.record(z.string(), z.unknown());
export type Json = z.infer<typeof Json>;

export const Element = z.looseObject({
  type: z.string(),
  action_id: z.string().exactOptional(),
  options: z.array(z.looseObject({ value: z.string() })).exactOptional(),
  option_groups: z
    .array(z.looseObject({ options: z.array(z.looseObject({ value: z.string() })) }))
    .exactOptional(),
});
export type Element = z.infer<typeof Element>;

export const Block = z.looseObject({
  type: z.string(),
  block_id: z.string().exactOptional(),
  element: Element.exactOptional(),
  accessory: Element.exactOptional(),
  elements: z.array(z.unknown()).exactOptional(),
});
export type Block = z.infer<typeof Block>;

export const Message = z.looseObject({
  ts: z.string(),
  channel: z.string(),
  user: z.string().exactOptional(),
  text: z.string().exactOptional(),
  blocks: z.array(Block).exactOptional(),
  thread_ts: z.string().exactOptional(),
  subtype: z.string().exactOptional(),
  ephemeral_to: z.string().exactOptional(),
});
export type Message = z.infer<typeof Message>;

export const Channel = z.looseObject({
  id: z.string(),
  name: z.string(),
  members: z.array(z.string()),
  is_im: z.boolean().exactOptional(),
  is_private: z.boolean().exactOptional(),
});
export type Channel = z.infer<typeof Channel>;

export const User = z.looseObject({ id: z.string(), name: z.string(), is_bot: z.boolean().exactOptional() });
export type User = z.infer<typeof User>;

/** `state.values`: block id → action id → what the person entered. */
export const Values = z.record(z.string(), z.record(z.string(), z.looseObject({})));
export type Values = z.infer<typeof Values>;

/** A view as an app sends it. */
export const ViewDraft = z.looseObject({
  type: z.enum(['modal', 'home']),
  blocks: z.array(Block),
  callback_id: z.string().exactOptional(),
  external_id: z.string().exactOptional(),
  notify_on_close: z.boolean().exactOptional(),
  clear_on_close: z.boolean().exactOptional(),
});
export type ViewDraft = z.infer<typeof ViewDraft>;

/** A view as Slack keeps it. */
export type View = ViewDraft & {
  id: string;
  hash: string;
  root_view_id: string;
  previous_view_id: string | null;
};
