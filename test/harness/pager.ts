import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { sendJson } from './slack/http.js';

const ROUTING_KEY = 'the key of an integration';

const Sent = { routing_key: z.literal(ROUTING_KEY), dedup_key: z.string().min(1).max(255) };
const Event = z.discriminatedUnion('event_action', [
  z.object({
    ...Sent,
    event_action: z.literal('trigger'),
    payload: z.object({
      summary: z.string().max(1_024),
      source: z.string(),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      class: z.string(),
    }),
  }),
  z.object({ ...Sent, event_action: z.literal('resolve') }),
]);
type Event = z.infer<typeof Event>;

/** One page: somebody was woken. What comes for its key while it is open wakes nobody again. */
export interface Incident {
  key: string;
  alert: string;
  summary: string;
  severity: string;
  status: 'triggered' | 'resolved';
}

/** A pager that takes the Events API v2 and checks who sent it; `GET /` lists its incidents. */
export interface Pager {
  origin: string;
  /** Where events go. */
  url: string;
  secret: string;
  routingKey: string;
  /** Oldest first. */
  incidents: Incident[];
  /** Bodies whose signature was not ours. */
  forged: string[];
  isAway: boolean;
  close(): Promise<void>;
}

export async function startPager(): Promise<Pager> {
  const pager: Pager = {
    origin: '',
    url: '',
    secret: 'the pager shares this secret',
    routingKey: ROUTING_KEY,
    incidents: [],
    forged: [],
    isAway: false,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  const server = createServer((request, response) => {
    if (request.method === 'GET') return sendJson(response, { incidents: pager.incidents });
    void text(request).then((body) => response.writeHead(take(pager, request, body)).end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the pager has no port');
  pager.origin = `http://127.0.0.1:${address.port}`;
  pager.url = `${pager.origin}/v2/enqueue`;
  return pager;
}

/** The status it answers with. */
function take(pager: Pager, request: IncomingMessage, body: string): number {
  if (pager.isAway) return 503;
  if (!isOurs(pager, request, body)) {
    pager.forged.push(body);
    return 401;
  }
  const event = Event.safeParse(JSON.parse(body));
  if (!event.success) return 400;
  happen(pager, event.data);
  return 202;
}

function isOurs({ secret }: Pager, { headers }: IncomingMessage, body: string): boolean {
  const signature = Buffer.from(String(headers['x-countersign-signature'] ?? ''));
  const expected = Buffer.from(`v1=${createHmac('sha256', secret).update(body).digest('hex')}`);
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

function happen({ incidents }: Pager, event: Event): void {
  const open = incidents.find(({ key, status }) => key === event.dedup_key && status === 'triggered');
  if (event.event_action === 'resolve') {
    if (open !== undefined) open.status = 'resolved';
  } else if (open === undefined) {
    const { class: alert, summary, severity } = event.payload;
    incidents.push({ key: event.dedup_key, alert, summary, severity, status: 'triggered' });
  }
}
