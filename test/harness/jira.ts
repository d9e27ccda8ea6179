import { createServer, type IncomingMessage } from 'node:http';
import { z } from 'zod';
import { sendJson } from './slack/http.js';

const Category = z.enum(['new', 'indeterminate', 'done']);
type Category = z.infer<typeof Category>;

/**
 * Jira's REST API v3 as far as Countersign reads it, over real HTTP. What it knows may change at any time: a person of its
 * workspace moves an issue with `PUT /browse/<key>?status=done`, and `GET /browse` lists them all.
 */
export interface JiraStandIn {
  url: string;
  token: string;
  /** Issue key → status category, e.g. `INC-1` → `done`. */
  issues: Map<string, Category>;
  /** The status everything is answered with, or `hang`; null where it works. */
  fault: number | 'hang' | null;
  close(): Promise<void>;
}

export async function startJira(): Promise<JiraStandIn> {
  const standIn: JiraStandIn = {
    url: '',
    token: 'read-only-token',
    issues: new Map(),
    fault: null,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  const server = createServer((request, response) => {
    if (standIn.fault === 'hang') return;
    const [status, body] = standIn.fault === null ? answer(standIn, request) : [standIn.fault, {}];
    sendJson(response, body, status);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no port');
  standIn.url = `http://127.0.0.1:${address.port}`;
  return standIn;
}

function answer(standIn: JiraStandIn, request: IncomingMessage): [number, unknown] {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://jira');
  const opened = /^\/browse\/([A-Z]+-\d+)$/.exec(pathname)?.[1];
  if (opened !== undefined && request.method === 'PUT') {
    const status = Category.safeParse(searchParams.get('status'));
    if (!status.success) return [400, { errorMessages: ['status is new, indeterminate or done.'] }];
    standIn.issues.set(opened, status.data);
  }
  if (pathname.startsWith('/browse')) return [200, Object.fromEntries(standIn.issues)];
  if (request.headers.authorization !== `Bearer ${standIn.token}`)
    return [401, { errorMessages: ['Client must be authenticated to access this resource.'] }];
  if (request.method !== 'GET') return [403, { errorMessages: ['This token is read-only.'] }];
  const key = /^\/rest\/api\/3\/issue\/([^/]+)$/.exec(pathname)?.[1];
  const category = key === undefined ? undefined : standIn.issues.get(key);
  if (category === undefined)
    return [404, { errorMessages: ['Issue does not exist or you do not have permission to see it.'] }];
  return [200, { id: '10001', key, fields: { status: { statusCategory: { key: category } } } }];
}
