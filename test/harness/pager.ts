import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const ROUTING_KEY = 'the key of an integration';

const Event = z.object({
  routing_key: z.literal(ROUTING_KEY),
  event_action: z.literal('trigger'),
  dedup_key: z.string(),
  payload: z.object({
    summary: z.string(),
    source: z.string(),
    severity: z.enum(['critical', 'error', 'warning', 'info']),
    class: z.string(),
  }),
});

/** A pager that takes the Events API v2 and checks who sent it. */
export interface Pager {
  url: string;
  secret: string;
  routingKey: string;
  /** Summaries by alert, oldest first. */
  taken: { alert: string; summary: string }[];
  /** Bodies whose signature was not ours. */
  forged: string[];
  isAway: boolean;
  close(): Promise<void>;
}

export async function startPager(): Promise<Pager> {
  const secret = 'the pager shares this secret';
  const pager: Pager = {
    url: '',
    secret,
    routingKey: ROUTING_KEY,
    taken: [],
    forged: [],
    isAway: false,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      if (pager.isAway) return response.writeHead(503).end();
      const signature = Buffer.from(String(request.headers['x-countersign-signature'] ?? ''));
      const expected = Buffer.from(`v1=${createHmac('sha256', secret).update(body).digest('hex')}`);
      const isOurs = signature.length === expected.length && timingSafeEqual(signature, expected);
      if (!isOurs) {
        pager.forged.push(body);
        return response.writeHead(401).end();
      }
      const event = Event.safeParse(JSON.parse(body));
      if (!event.success) return response.writeHead(400).end();
      const { payload } = event.data;
      pager.taken.push({ alert: payload.class, summary: payload.summary });
      return response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the pager has no port');
  pager.url = `http://127.0.0.1:${address.port}/v2/enqueue`;
  return pager;
}
