import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import { parseJson } from '../http.js';
import type { Answer, Delivery, Kind } from './delivery.js';

export type SocketHub = Delivery & {
  accept(socket: WebSocket): void;
  connections(): number;
  /** Asks every client to reconnect, as Slack does about once an hour. */
  refresh(): void;
  close(): void;
};

type Waiting = { socket: WebSocket; settle(answer: Answer | { status: 'lost' }): void };

const Ack = z.looseObject({ envelope_id: z.string(), payload: z.unknown().optional() });
const PING_MS = 10_000;
const CLOSE_MS = 250;

/**
 * Socket Mode: an envelope goes to exactly one of the open connections, in turn. When that connection is lost before
 * its acknowledgement another gets it; an event that nobody acknowledges comes again with its retry fields.
 */
export function createSocketHub(options: {
  appId: string;
  ackMs: number;
  /** While there is no connection a delivery waits so long for one. */
  reconnectMs: number;
  eventRetryDelaysMs: readonly number[];
  onConnections(count: number): void;
}): SocketHub {
  const sockets: WebSocket[] = [];
  const arrivals = new EventEmitter().setMaxListeners(0);
  const waiting = new Map<string, Waiting>();
  const closing = new AbortController();
  const pings = setInterval(() => {
    for (const socket of sockets) socket.ping();
  }, PING_MS);

  function forget(socket: WebSocket): void {
    const at = sockets.indexOf(socket);
    if (at >= 0) sockets.splice(at, 1);
    for (const entry of waiting.values()) if (entry.socket === socket) entry.settle({ status: 'lost' });
    options.onConnections(sockets.length);
  }

  function receive(socket: WebSocket, data: RawData): void {
    const ack = Ack.safeParse(parseJson(data.toString()));
    if (!ack.success) return;
    const entry = waiting.get(ack.data.envelope_id);
    if (entry?.socket === socket) entry.settle({ status: 'acked', payload: ack.data.payload });
  }

  async function attempt(
    kind: Kind,
    payload: unknown,
    retry: Retry | undefined,
  ): Promise<Answer | { status: 'lost' }> {
    const socket = sockets.shift();
    if (!socket) return { status: 'unreachable' };
    sockets.push(socket);
    const envelopeId = randomUUID();
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle({ status: 'timeout' }), options.ackMs);
      const settle = (answer: Answer | { status: 'lost' }) => {
        clearTimeout(timer);
        waiting.delete(envelopeId);
        resolve(answer);
      };
      waiting.set(envelopeId, { socket, settle });
      socket.send(
        JSON.stringify({
          envelope_id: envelopeId,
          type: kind,
          payload,
          accepts_response_payload: kind !== 'events_api',
          ...(kind === 'events_api' && {
            retry_attempt: retry?.attempt ?? 0,
            retry_reason: retry?.reason ?? '',
          }),
        }),
      );
    });
  }

  async function untilConnected(): Promise<void> {
    if (sockets.length > 0 || options.reconnectMs === 0) return;
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(options.reconnectMs)]);
    await once(arrivals, 'arrival', { signal }).catch(() => undefined);
  }

  /** A lost connection is no refusal: each other connection is tried before the delivery counts as failed. */
  async function attemptOnAny(kind: Kind, payload: unknown, retry: Retry | undefined): Promise<Answer> {
    await untilConnected();
    for (let tries = sockets.length; tries > 0; tries -= 1) {
      const answer = await attempt(kind, payload, retry);
      if (answer.status !== 'lost') return answer;
    }
    return { status: 'unreachable' };
  }

  return {
    async deliver(kind, payload) {
      let answer = await attemptOnAny(kind, payload, undefined);
      if (kind !== 'events_api') return answer;
      for (const [index, delayMs] of options.eventRetryDelaysMs.entries()) {
        if (answer.status === 'acked' || closing.signal.aborted) return answer;
        await pause(delayMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
        const reason = answer.status === 'timeout' ? 'timeout' : 'connection_failed';
        answer = await attemptOnAny(kind, payload, { attempt: index + 1, reason });
      }
      return answer;
    },
    accept(socket) {
      sockets.push(socket);
      socket.on('message', (data) => receive(socket, data));
      socket.on('close', () => forget(socket));
      socket.on('error', () => socket.terminate());
      socket.send(
        JSON.stringify({
          type: 'hello',
          num_connections: sockets.length,
          connection_info: { app_id: options.appId },
          debug_info: { host: 'strict-proxy', approximate_connection_time: 3600 },
        }),
      );
      options.onConnections(sockets.length);
      arrivals.emit('arrival');
    },
    connections: () => sockets.length,
    refresh() {
      for (const socket of [...sockets]) {
        socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: {} }));
      }
    },
    close() {
      closing.abort();
      clearInterval(pings);
      for (const socket of [...sockets]) {
        socket.close(1001);
        setTimeout(() => socket.terminate(), CLOSE_MS).unref();
      }
    },
  };
}

type Retry = { attempt: number; reason: string };
