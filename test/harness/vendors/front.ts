import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/** One call on its way to an emulated vendor. */
export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string;
}
export interface Reply {
  status: number;
  json?: unknown;
  headers?: Record<string, string>;
}

/** What stands before an emulator, adds what it lacks and misbehaves as vendors do when a test asks it to. */
export interface Front {
  url: string;
  /** Every call so far, as `GET /path`. */
  calls: string[];
  /** The next `times` calls that match are answered so instead, until what it gives is called. */
  disturb(match: RegExp, reply: Reply, times: number): () => void;
  /** Writes that match are answered at once and done this much later, as a vendor's own queue would. */
  lag(match: RegExp, milliseconds: number): void;
  /** Its clock, in the Date header. */
  shiftClock(milliseconds: number): void;
  close(): Promise<void>;
}

/** `answer` may answer a call itself, or change what `forward` passes on. */
export async function startFront(options: {
  port: number;
  upstream: string;
  answer: (call: Call, forward: (call: Call) => Promise<Reply>) => Promise<Reply>;
  close: () => Promise<void>;
}): Promise<Front> {
  const disturbances: { match: RegExp; reply: Reply; times: number }[] = [];
  const calls: string[] = [];
  let lagging: { match: RegExp; milliseconds: number } | null = null;
  let shiftMs = 0;
  const forward = (call: Call): Promise<Reply> => pass(options.upstream, call);
  const reply = async (call: Call): Promise<Reply> => {
    const line = `${call.method} ${call.path}`;
    calls.push(line);
    const disturbance = disturbances.find(({ match, times }) => times > 0 && match.test(line));
    if (disturbance) {
      disturbance.times -= 1;
      return disturbance.reply;
    }
    if (lagging?.match.test(line)) {
      void delay(lagging.milliseconds).then(() => options.answer(call, forward));
      return { status: 204 };
    }
    return options.answer(call, forward);
  };
  const server = createServer((request, response) => {
    void readCall(request)
      .then(reply)
      .catch((): Reply => ({ status: 502 }))
      .then(({ status, json, headers }) => {
        response.writeHead(status, {
          ...headers,
          date: new Date(Date.now() + shiftMs).toUTCString(),
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        });
        response.end(json === undefined ? undefined : JSON.stringify(json));
      });
  }).listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    calls,
    disturb: (match, with_, times) => {
      const disturbance = { match, reply: with_, times };
      disturbances.push(disturbance);
      return () => {
        disturbance.times = 0;
      };
    },
    lag: (match, milliseconds) => {
      lagging = milliseconds === 0 ? null : { match, milliseconds };
    },
    shiftClock: (milliseconds) => {
      shiftMs = milliseconds;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await options.close();
    },
  };
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://front');
  const headers = Object.entries(request.headers).filter(
    (header): header is [string, string] =>
      typeof header[1] === 'string' && ['authorization', 'accept', 'content-type'].includes(header[0]),
  );
  return {
    method: request.method ?? 'GET',
    path: pathname,
    query: searchParams,
    headers: Object.fromEntries(headers),
    body: await text(request),
  };
}

async function pass(upstream: string, { method, path, query, headers, body }: Call): Promise<Reply> {
  const answer = await fetch(`${upstream}${path}?${query}`, {
    method,
    headers,
    body: body === '' ? null : body,
  });
  const json = await answer.text();
  const link = answer.headers.get('link');
  return {
    status: answer.status,
    ...(json === '' ? {} : { json: JSON.parse(json) }),
    ...(link === null ? {} : { headers: { link } }),
  };
}
