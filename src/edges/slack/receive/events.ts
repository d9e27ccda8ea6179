import type { App } from '@slack/bolt';
import { z } from 'zod';
import { openHome } from '../../../store/index.js';
import { reportDeactivated } from '../../deactivated.js';
import { callerOf } from './caller.js';
import type { SlackEdge } from './edge.js';

const Envelope = z.object({ team_id: z.string(), event_id: z.string() });
const Opened = z.object({ user: z.string(), tab: z.string() });
const Changed = z.object({ user: z.object({ id: z.string(), deleted: z.boolean().default(false) }) });

/**
 * What Slack tells by itself: somebody opened their Home, somebody's account was deactivated. Bolt answers Slack before
 * this runs, so what dies here is not sent again: the worker asks by itself too (queue/watch-people.ts).
 */
export function onEvents(app: App, edge: SlackEdge): void {
  const principalOf = (body: unknown, user: string) => {
    const { organisation } = edge.context.policy;
    const from = { team: Envelope.parse(body).team_id, user };
    return callerOf(organisation, edge.context.tenant, from).principal;
  };
  app.event('app_home_opened', async ({ event, body }) => {
    const { user, tab } = Opened.parse(event);
    const person = principalOf(body, user);
    if (tab !== 'home' || person === null) return;
    const { store, tenant, clock } = edge.context;
    await openHome(store, { tenant, person, at: clock.now() });
  });
  app.event('user_change', async ({ event, body }) => {
    const { user } = Changed.parse(event);
    const person = user.deleted ? principalOf(body, user.id) : null;
    if (person === null) return;
    const input = `event-${Envelope.parse(body).event_id}`;
    await reportDeactivated(edge.context, person, { process: 'app', input });
  });
}
