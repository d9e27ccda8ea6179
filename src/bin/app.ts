import { capabilities } from '../capabilities/index.js';
import { appConfig } from '../config.js';
import { buildGatekeeper } from '../deps.js';
import { apiRoutes } from '../edges/http/routes.js';
import { startHttp } from '../edges/http/server.js';
import { openAnchors } from '../edges/queue/anchors.js';
import { createSlackApp } from '../edges/slack/receive/app.js';
import { receiverFor } from '../edges/slack/receive/receiver.js';
import { faultsAt, orExit, processLog, stopOnSignal } from '../process.js';

const config = appConfig();
const log = processLog('app', config.LOG_LEVEL);
const { context, client, close } = await orExit(log, () => buildGatekeeper(config, log));
const { receiver, mount } = receiverFor(config, context, log);
const slack = createSlackApp({
  context,
  capabilities,
  botToken: config.SLACK_BOT_TOKEN,
  slackApiUrl: config.SLACK_API_URL,
  receiver,
  hook: faultsAt(config),
  log,
});
const anchors = await openAnchors({ file: config.ANCHORS_FILE, context, client });
const api = apiRoutes({ context, capabilities, anchors, log });
const server = await startHttp({
  mount: (root) => mount(root.route('/', api)),
  host: config.HTTP_HOST,
  port: config.HTTP_PORT,
  log,
});
await slack.start();
log.info({ port: server.port, mode: config.SLACK_MODE }, 'ready');
stopOnSignal(async () => {
  await slack.stop();
  await server.close();
  await close();
});
