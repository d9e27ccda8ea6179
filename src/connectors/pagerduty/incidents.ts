import { z } from 'zod';
import { type PagerDutyOptions, read } from './api.js';

export interface ActiveIncident {
  id: string;
  title: string;
  url: string;
}

/** Somebody waits with a fire: one question, one page, this long for everything. */
const TIMEOUT_MILLISECONDS = 1_500;
const SEV_1 = /^(?:P1|SEV-?1)$/i;

const Agent = z.object({ id: z.string(), type: z.string() });
const Incidents = z.object({
  incidents: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      html_url: z.string(),
      status: z.enum(['triggered', 'acknowledged', 'resolved']),
      priority: z.object({ summary: z.string() }).nullish(),
      service: z.object({ id: z.string() }),
      first_trigger_log_entry: z.object({ agent: Agent.nullish() }).nullish(),
      acknowledgements: z.array(z.object({ acknowledger: Agent })).default([]),
    }),
  ),
});
type Incident = z.infer<typeof Incidents>['incidents'][number];
const Users = z.object({ users: z.array(z.object({ id: z.string(), email: z.string() })) });

/** Active SEV-1 incidents on services; null where that cannot be known, which counts as none (rule 15). */
export const openIncidents =
  (options: PagerDutyOptions) =>
  async (ask: { services: readonly string[]; except: string }): Promise<ActiveIncident[] | null> => {
    try {
      return await readIncidents(options, ask);
    } catch (fault) {
      options.onFault?.(fault);
      return null;
    }
  };

async function readIncidents(
  options: PagerDutyOptions,
  { services, except }: { services: readonly string[]; except: string },
): Promise<ActiveIncident[]> {
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const query = new URLSearchParams({ sort_by: 'created_at:desc', limit: '100' });
  for (const id of services) query.append('service_ids[]', id);
  for (const status of ['triggered', 'acknowledged']) query.append('statuses[]', status);
  for (const part of ['acknowledgers', 'first_trigger_log_entries']) query.append('include[]', part);
  const [{ incidents }, asker] = await Promise.all([
    read(options, '/incidents', query, signal).then((answer) => Incidents.parse(answer)),
    idOf(options, except, signal),
  ]);
  return incidents
    .filter(
      (one) =>
        one.status !== 'resolved' &&
        SEV_1.test(one.priority?.summary ?? '') &&
        services.includes(one.service.id) &&
        isVouchedFor(one, asker),
    )
    .map(({ id, title, html_url: url }) => ({ id, title: title.slice(0, 500), url: url.slice(0, 500) }));
}

/** Somebody or something other than the asker opened or acknowledged it: nobody declares their own emergency here. */
const isVouchedFor = (incident: Incident, asker: string | null): boolean =>
  [
    incident.first_trigger_log_entry?.agent ?? null,
    ...incident.acknowledgements.map((one) => one.acknowledger),
  ].some((agent) => agent !== null && agent.id !== asker);

async function idOf(options: PagerDutyOptions, email: string, signal: AbortSignal): Promise<string | null> {
  const query = new URLSearchParams({ query: email, limit: '100' });
  const { users } = Users.parse(await read(options, '/users', query, signal));
  return users.find((user) => user.email.toLowerCase() === email.toLowerCase())?.id ?? null;
}
