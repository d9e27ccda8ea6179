import { z } from 'zod';

/** The workspace the local Slack shows: what `local-slack --config` reads, plus where Events API deliveries go. */
export const SlackConfig = z.object({
  workspace: z.object({ name: z.string(), domain: z.string(), teamId: z.string() }),
  app: z.object({
    appId: z.string(),
    botUserId: z.string(),
    botName: z.string(),
    botToken: z.string(),
    appToken: z.string(),
    signingSecret: z.string(),
    mode: z.enum(['socket', 'events']).default('socket'),
    requestUrl: z.url().exactOptional(),
    /** The app's message shortcuts, as its manifest names them. */
    shortcuts: z.array(z.object({ callback_id: z.string(), name: z.string() })).default([]),
  }),
  users: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string(),
      real_name: z.string(),
      email: z.string().exactOptional(),
    }),
  ),
  channels: z.array(z.looseObject({ id: z.string(), name: z.string(), members: z.array(z.string()) })),
});
export type SlackConfig = z.infer<typeof SlackConfig>;
