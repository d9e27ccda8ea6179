import { createServer, type IncomingMessage } from 'node:http';
import { sendJson } from './slack/http.js';

/** One line of `GET /oncalls`: who is on call for which tier of an escalation policy. */
export interface OnCallLine {
  escalationPolicy: string;
  level: number;
  /** Absent where the tier names the person itself. */
  schedule?: string;
  user: { id: string; email: string };
}

/** One incident as the tests and the demonstration know it. */
export interface IncidentLine {
  id: string;
  title: string;
  service: string;
  status: 'triggered' | 'acknowledged' | 'resolved';
  priority: string | null;
  /** Ids of users, or of a service that opened it by itself. */
  openedBy: string;
  acknowledgedBy: string[];
}

/** PagerDuty's REST API v2 as far as Countersign reads it, over real HTTP. What it knows may change at any time. */
export interface PagerDutyStandIn {
  url: string;
  token: string;
  onCall: OnCallLine[];
  incidents: IncidentLine[];
  users: { id: string; email: string }[];
  /** User ids that stand in a schedule by an override right now. */
  overrides: Map<string, string[]>;
  /** The status everything is answered with, or `hang`; null where it works. */
  fault: number | 'hang' | null;
  /** Paths asked for, oldest first. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** Fewer a page than are asked for: a client that reads one page is found out. */
const PAGE = 2;

export async function startPagerDuty(): Promise<PagerDutyStandIn> {
  const standIn: PagerDutyStandIn = {
    url: '',
    token: 'read-only-token',
    onCall: [],
    incidents: [],
    users: [],
    overrides: new Map(),
    fault: null,
    asked: [],
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://pagerduty');
    standIn.asked.push(url.pathname);
    if (standIn.fault === 'hang') return;
    const [status, body] = standIn.fault === null ? answer(standIn, request, url) : [standIn.fault, {}];
    sendJson(response, body, status);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no port');
  standIn.url = `http://127.0.0.1:${address.port}`;
  return standIn;
}

function answer(standIn: PagerDutyStandIn, request: IncomingMessage, url: URL): [number, unknown] {
  if (request.headers.authorization !== `Token token=${standIn.token}`)
    return [401, { error: { message: 'Unauthorized' } }];
  if (request.method !== 'GET') return [403, { error: { message: 'This key is read-only' } }];
  if (url.pathname === '/oncalls') return [200, onCalls(standIn, url.searchParams)];
  if (url.pathname === '/incidents') return [200, incidents(standIn, url.searchParams)];
  if (url.pathname === '/users') return [200, people(standIn, url.searchParams)];
  const schedule = /^\/schedules\/([^/]+)\/overrides$/.exec(url.pathname)?.[1];
  if (schedule === undefined) return [404, { error: { message: 'Not Found' } }];
  if (!url.searchParams.has('since') || !url.searchParams.has('until'))
    return [400, { error: { message: 'since and until are required' } }];
  const users = standIn.overrides.get(decodeURIComponent(schedule)) ?? [];
  return [200, { overrides: users.map((id) => ({ id: `O${id}`, user: { id, type: 'user_reference' } })) }];
}

function onCalls({ onCall }: PagerDutyStandIn, query: URLSearchParams) {
  const policies = query.getAll('escalation_policy_ids[]');
  const offset = Number(query.get('offset') ?? 0);
  const lines = onCall.filter((line) => policies.length === 0 || policies.includes(line.escalationPolicy));
  const page = lines.slice(offset, offset + Math.min(PAGE, Number(query.get('limit') ?? 25)));
  return {
    oncalls: page.map((line) => ({
      escalation_policy: { id: line.escalationPolicy, type: 'escalation_policy_reference' },
      escalation_level: line.level,
      schedule: line.schedule === undefined ? null : { id: line.schedule, type: 'schedule_reference' },
      user: query.getAll('include[]').includes('users')
        ? { ...line.user, type: 'user' }
        : { id: line.user.id, type: 'user_reference' },
      start: null,
      end: null,
    })),
    limit: PAGE,
    offset,
    more: offset + page.length < lines.length,
    total: null,
  };
}

const agent = (id: string) => ({ id, type: id.startsWith('U') ? 'user_reference' : 'service_reference' });

function incidents(standIn: PagerDutyStandIn, query: URLSearchParams) {
  const [services, statuses] = [query.getAll('service_ids[]'), query.getAll('statuses[]')];
  const included = query.getAll('include[]');
  const found = standIn.incidents.filter(
    (one) =>
      (services.length === 0 || services.includes(one.service)) &&
      (statuses.length === 0 || statuses.includes(one.status)),
  );
  const offset = Number(query.get('offset') ?? 0);
  const page = found.slice(offset, offset + Math.min(PAGE, Number(query.get('limit') ?? 25)));
  return {
    incidents: page.map((one) => ({
      id: one.id,
      type: 'incident',
      title: one.title,
      status: one.status,
      urgency: 'high',
      html_url: `https://hookpilot.pagerduty.example/incidents/${one.id}`,
      priority: one.priority === null ? null : { summary: one.priority, type: 'priority_reference' },
      service: { id: one.service, type: 'service_reference' },
      first_trigger_log_entry: included.includes('first_trigger_log_entries')
        ? { id: `R${one.id}`, agent: agent(one.openedBy) }
        : { id: `R${one.id}` },
      acknowledgements: one.acknowledgedBy.map((id) => ({
        at: '2026-01-05T10:00:00Z',
        acknowledger: agent(id),
      })),
    })),
    limit: PAGE,
    offset,
    more: offset + page.length < found.length,
  };
}

function people(standIn: PagerDutyStandIn, query: URLSearchParams) {
  const text = (query.get('query') ?? '').toLowerCase();
  return {
    users: standIn.users.filter((user) => user.email.toLowerCase().includes(text)),
    limit: 100,
    offset: 0,
    more: false,
  };
}
