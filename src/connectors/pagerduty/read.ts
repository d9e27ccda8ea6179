import { z } from 'zod';
import { inPatience, type PagerDutyOptions, read } from './api.js';

export { openIncidents } from './incidents.js';

export interface PagerDuty {
  /** Email addresses of who is on call now at level 1 of an escalation policy; null where that is unknown. */
  onCall(escalationPolicy: string): Promise<readonly string[] | null>;
}

/** The most PagerDuty gives a page; it may give fewer, so the next page starts behind what came. */
const PAGE = 100;
/** A server that always says `more` is not followed for ever. */
const MAX_PAGES = 50;

const User = z.object({ id: z.string(), email: z.email().optional() });
const OnCalls = z.object({
  more: z.boolean(),
  oncalls: z.array(
    z.object({
      escalation_level: z.int(),
      escalation_policy: z.object({ id: z.string() }),
      schedule: z.object({ id: z.string() }).nullable(),
      user: User,
    }),
  ),
});
type OnCall = z.infer<typeof OnCalls>['oncalls'][number];
const Overrides = z.object({ overrides: z.array(z.object({ user: z.object({ id: z.string() }) })) });

export function openPagerDuty(options: PagerDutyOptions): PagerDuty {
  return {
    onCall: async (escalationPolicy) => {
      try {
        return await readOnCall(options, escalationPolicy);
      } catch (fault) {
        options.onFault?.(fault);
        return null;
      }
    },
  };
}

/**
 * Level 1 alone: the whole escalation policy is not on call because its first tier is. Who stands there by an override
 * does not count either, since people take shifts themselves.
 */
async function readOnCall(options: PagerDutyOptions, escalationPolicy: string): Promise<string[]> {
  const signal = inPatience(options);
  const get = (path: string, query: Record<string, string>) => read(options, path, query, signal);
  const all = await readAll((offset) =>
    get('/oncalls', {
      'escalation_policy_ids[]': escalationPolicy,
      'include[]': 'users',
      limit: String(PAGE),
      offset: String(offset),
    }),
  );
  const first = all.filter(
    (one) => one.escalation_level === 1 && one.escalation_policy.id === escalationPolicy,
  );
  const now = options.clock.now();
  const window = {
    since: now.toISOString(),
    until: new Date(now.getTime() + 60_000).toISOString(),
  };
  const schedules = new Set(first.flatMap((one) => one.schedule?.id ?? []));
  const overridden = new Map<string, Set<string>>();
  for (const schedule of schedules) {
    const path = `/schedules/${encodeURIComponent(schedule)}/overrides`;
    const { overrides } = Overrides.parse(await get(path, window));
    overridden.set(schedule, new Set(overrides.map((one) => one.user.id)));
  }
  const counted = first.filter(
    ({ schedule, user }) => schedule === null || !overridden.get(schedule.id)?.has(user.id),
  );
  return [...new Set(counted.flatMap(({ user }) => user.email?.toLowerCase() ?? []))];
}

async function readAll(getPage: (offset: number) => Promise<unknown>): Promise<OnCall[]> {
  const all: OnCall[] = [];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = OnCalls.parse(await getPage(all.length));
    all.push(...answer.oncalls);
    if (!answer.more) return all;
  }
  throw new RangeError('PagerDuty lists more than can be read.');
}
