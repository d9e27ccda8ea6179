import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { type ApiParts, handleCall } from './api/call.js';
import { handleResponse } from './api/respond.js';
import type { SlackConfig } from './config.js';
import { handleControl } from './control.js';
import { ACK_MS, EVENT_RETRY_DELAYS_MS } from './delivery/delivery.js';
import { createHttpDelivery } from './delivery/http-delivery.js';
import { createSocketHub } from './delivery/socket-hub.js';
import { createFaults, type Faults } from './faults.js';
import { createFeed } from './feed.js';
import { forward, readBody, sendJson } from './http.js';
import { slackId } from './ids.js';
import { createJournal } from './journal.js';
import { startMirror } from './mirror.js';
import { createPacing, type Pace } from './pacing.js';
import { mendPage, serveBrowserFile } from './page.js';
import { createResponseUrls } from './response-urls.js';
import { createTriggers } from './triggers.js';
import { createUiHub } from './ui-hub.js';
import { connectUpstream } from './upstream.js';
import { createViews } from './views.js';
import { createViolations, type Violations } from './violations.js';

export type StrictProxyOptions = {
  config: SlackConfig;
  /** Where the stand-in is, e.g. `http://127.0.0.1:4001`. */
  target: string;
  port?: number;
  host?: string;
  /** Where messages are kept for the next run; nothing is kept without it. */
  dataDir?: string;
  /** Posting faster than this in one channel is answered 429; `undefined` turns the limit off. */
  pace?: Pace | undefined;
  triggerTtlMs?: number;
  ackMs?: number;
  /** How long what a person does waits for an app that holds no connection; 0 unless told. */
  reconnectMs?: number;
  eventRetryDelaysMs?: readonly number[];
};

/** How patient Slack is with the app; as Slack is unless told. */
export type SlackPatience = Pick<StrictProxyOptions, 'triggerTtlMs' | 'ackMs' | 'reconnectMs'>;

export type StrictProxy = {
  /** For browsers and control clients. */
  url: string;
  /** For Bolt: `clientOptions.slackApiUrl`. */
  apiUrl: string;
  faults: Faults;
  violations: Violations;
  /** How many Socket Mode connections the app holds. */
  connections(): number;
  /** Asks every Socket Mode client to reconnect, as Slack does hourly. */
  refreshConnections(): void;
  close(): Promise<void>;
};

/** Stands before the stand-in on one port, enforces what Slack enforces and mends what would mislead. */
export async function startStrictProxy(options: StrictProxyOptions): Promise<StrictProxy> {
  const { config, target } = options;
  const host = options.host ?? '127.0.0.1';
  const server = createServer();
  const port = await listen(server, options.port ?? 0, host);
  const origin = `http://${host}:${port}`;

  const feed = createFeed();
  const ackMs = options.ackMs ?? ACK_MS;
  const eventRetryDelaysMs = options.eventRetryDelaysMs ?? EVENT_RETRY_DELAYS_MS;
  const hub = createSocketHub({
    appId: config.app.appId,
    ackMs,
    reconnectMs: options.reconnectMs ?? 0,
    eventRetryDelaysMs,
    onConnections: (count) =>
      feed.publish({ t: 'socket_status', appId: config.app.appId, connected: count > 0 }),
  });
  const http =
    config.app.requestUrl === undefined
      ? undefined
      : createHttpDelivery({
          requestUrl: config.app.requestUrl,
          signingSecret: config.app.signingSecret,
          ackMs,
          eventRetryDelaysMs,
        });
  const tickets = new Set<string>();
  const parts: ApiParts = {
    config,
    origin,
    target,
    delivery: config.app.mode === 'events' && http ? http : hub,
    deactivated: new Set(),
    faults: createFaults(),
    feed,
    journal: createJournal(feed),
    mirror: await startMirror({ target, feed, ...(options.dataDir && { dataDir: options.dataDir }) }),
    responseUrls: createResponseUrls(origin),
    triggers: createTriggers(options.triggerTtlMs ?? 3000),
    views: createViews({ feed, appId: config.app.appId, common: commonViewFields(config) }),
    violations: createViolations(),
    pacing: createPacing('pace' in options ? options.pace : { perSecond: 1, burst: 5 }),
    socketUrl() {
      const ticket = slackId('');
      tickets.add(ticket);
      return `${origin.replace('http', 'ws')}/socket/${ticket}`;
    },
  };
  const upstream = await connectUpstream(parts);
  const ui = createUiHub(parts, () => config.app.mode === 'events' || hub.connections() > 0);

  server.on('request', (request, response) => {
    route(parts, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, { ok: false, error: 'internal_error', detail: String(error) }, 500);
    });
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', origin);
    const ticket = url.pathname.match(/^\/socket\/(\w+)$/u)?.[1];
    if (url.pathname !== '/ui' && !tickets.delete(ticket ?? '')) return socket.destroy();
    sockets.handleUpgrade(request, socket, head, (accepted: WebSocket) => {
      if (ticket === undefined) ui.accept(accepted, url.searchParams.get('as') ?? undefined);
      else hub.accept(accepted);
    });
    return undefined;
  });

  return {
    url: origin,
    apiUrl: `${origin}/api/`,
    faults: parts.faults,
    violations: parts.violations,
    connections: hub.connections,
    refreshConnections: hub.refresh,
    async close() {
      hub.close();
      http?.close();
      ui.close();
      upstream.close();
      await parts.mirror.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function route(parts: ApiParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', parts.origin).pathname;
  if (path.startsWith('/api/')) return handleCall(parts, request, response);
  if (path.startsWith('/_hooks/response/')) return handleResponse(parts, request, response);
  if (path.startsWith('/_control/')) return handleControl(parts, request, response);
  if (path.startsWith('/_browser/')) return serveBrowserFile(path, response);
  const body = await readBody(request);
  const passed = await forward({ target: parts.target, origin: parts.origin, request, body });
  const html = passed.contentType.includes('text/html');
  response.writeHead(passed.status, {
    'content-type': passed.contentType,
    ...(passed.location !== undefined && { location: passed.location }),
  });
  response.end(html ? mendPage(String(passed.body)) : passed.body);
}

function commonViewFields(config: SlackConfig) {
  const { appId, botUserId } = config.app;
  const teamId = config.workspace.teamId;
  return { team_id: teamId, app_installed_team_id: teamId, app_id: appId, bot_id: `B${botUserId.slice(1)}` };
}

/** Throws one sentence when the port is taken. */
async function listen(server: ReturnType<typeof createServer>, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        taken
          ? new Error(`Port ${port} is taken: stop what listens there or choose another with --slack-port.`)
          : error,
      );
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no address.');
  return address.port;
}
