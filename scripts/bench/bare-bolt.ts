import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { z } from 'zod';

// The floor of command-to-modal: Bolt, one command, one modal, nothing decided and nothing kept. Started by the bench with
// its settings as the first line of its standard input; ends with it.
const Settings = z.object({
  botToken: z.string(),
  appToken: z.string(),
  slackApiUrl: z.string(),
  view: z.custom<ModalView>((value) => z.looseObject({ type: z.literal('modal') }).safeParse(value).success),
});

const [line] = z.tuple([z.string()]).parse(await once(createInterface(process.stdin), 'line'));
const { botToken, appToken, slackApiUrl, view } = Settings.parse(JSON.parse(line));
const app = new App({
  token: botToken,
  appToken,
  socketMode: true,
  clientOptions: { slackApiUrl },
});
app.command('/elevate', async ({ ack, body, client }) => {
  await ack();
  await client.views.open({ trigger_id: body.trigger_id, view });
});
await app.start();
process.stdin.once('close', () => process.exit(0));
