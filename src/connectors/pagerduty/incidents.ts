import { z } from 'zod';
import { inPatience, type PagerDutyOptions, read } from './api.js';

export interface ActiveIncident {
  id: string;
  title: string;
  url: string;
}

const LONGEST_TEXT = 500;
const SEV_1 = /^(?:P1|SEV-?1)$/i;

const Agent = z.object({ id: z.string(), type: z.string() });
/** An alarm storm opens hundreds; what is not among these few pages is not looked for while somebody waits. */
const [PAGE, MOST_PAGES] = [100, 10];

const Incidents = z.object({
  more: z.boolean().default(false),
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
  const signal = inPatience(options);
  const [incidents, asker] = await Promise.all([
    readActive(options, services, signal),
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
    .map(({ id, title, html_url: url }) => ({
      id: storable(id),
      title: storable(title),
      url: storable(url),
    }));
}

async function readActive(
  options: PagerDutyOptions,
  services: readonly string[],
  signal: AbortSignal,
): Promise<Incident[]> {
  const query = new URLSearchParams({ sort_by: 'created_at:desc', limit: String(PAGE) });
  for (const id of services) query.append('service_ids[]', id);
  for (const status of ['triggered', 'acknowledged']) query.append('statuses[]', status);
  for (const part of ['acknowledgers', 'first_trigger_log_entries']) query.append('include[]', part);
  const all: Incident[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    query.set('offset', String(all.length));
    const { incidents, more } = Incidents.parse(await read(options, '/incidents', query, signal));
    all.push(...incidents);
    if (!more) break;
  }
  return all;
}

/**
 * Somebody or something other than the asker opened or acknowledged it: nobody declares their own emergency here. Of an
 * asker whom PagerDuty does not know by this address, each person there could be they themselves (rule 15).
 */
const isVouchedFor = (incident: Incident, asker: string | null): boolean =>
  [
    incident.first_trigger_log_entry?.agent ?? null,
    ...incident.acknowledgements.map((one) => one.acknowledger),
  ].some((agent) => agent !== null && (asker === null ? !isPerson(agent) : agent.id !== asker));

const isPerson = ({ type }: z.infer<typeof Agent>): boolean => /^user(_reference)?$/.test(type);

/** As our database takes it: on one line, no control characters, no half character, not too long. */
const storable = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
    .slice(0, LONGEST_TEXT)
    .replace(/[\ud800-\udbff]$/, '')
    .trim();

async function idOf(options: PagerDutyOptions, email: string, signal: AbortSignal): Promise<string | null> {
  const query = new URLSearchParams({ query: email, limit: '100' });
  const { users } = Users.parse(await read(options, '/users', query, signal));
  return users.find((user) => user.email.toLowerCase() === email.toLowerCase())?.id ?? null;
}
