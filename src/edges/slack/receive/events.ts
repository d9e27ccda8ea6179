import type { App } from '@slack/bolt';
import { z } from 'zod';
import { oblige } from '../../../policy/index.js';
import { commit, openHome } from '../../../store/index.js';
import { callerOf } from './caller.js';
import type { SlackEdge } from './edge.js';

const Envelope = z.object({ team_id: z.string(), event_id: z.string() });
const Opened = z.object({ user: z.string(), tab: z.string() });
const Changed = z.object({ user: z.object({ id: z.string(), deleted: z.boolean().default(false) }) });

/** What Slack tells by itself: somebody opened their Home, somebody's account was deactivated. */
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
    await freezeDeactivated(edge, person, Envelope.parse(body).event_id);
  });
}

/** An ending: it waits for no policy (rule 2). Slack sends an event again until it is taken; it counts once. */
async function freezeDeactivated(
  { context }: SlackEdge,
  person: NonNullable<ReturnType<typeof callerOf>['principal']>,
  eventId: string,
): Promise<void> {
  await commit(context.store, {
    tenant: context.tenant,
    at: context.clock.now(),
    input: `event-${eventId}`,
    decision: oblige({
      rule: 'slack.deactivated',
      message: 'Slack deactivated this account, so it keeps no power here.',
      basis: { person },
    }),
    event: {
      type: 'slack.person_deactivated',
      requestId: null,
      actor: { process: 'app' },
      people: { person },
    },
    changes: [],
    effects: [{ kind: 'freeze', requestId: null, person, because: { reason: 'deactivated', by: null } }],
  });
}
