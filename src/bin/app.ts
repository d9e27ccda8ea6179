import type { Hono } from 'hono';
import { capabilities } from '../capabilities/index.js';
import { appConfig } from '../config.js';
import { buildGatekeeper } from '../deps.js';
import { publicRoutes } from '../edges/http/api.js';
import { auditorReads } from '../edges/http/audit-reads.js';
import { documentRoutes } from '../edges/http/documents.js';
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
const routes = (root: Hono) =>
  mount(
    root
      .route('/', publicRoutes(context))
      .route('/', auditorReads(context, anchors))
      .route('/', documentRoutes(context, capabilities)),
  );
const server = await startHttp({ mount: routes, host: config.HTTP_HOST, port: config.HTTP_PORT, log });
await slack.start();
log.info({ port: server.port, mode: config.SLACK_MODE }, 'ready');
stopOnSignal(async () => {
  await slack.stop();
  await server.close();
  await close();
});
