import { slackId } from '../ids.js';
import type { Parts } from '../parts.js';

/**
 * An administrator deactivates somebody's account: from now on `users.info` says so, and the app hears of it unless the
 * event is lost.
 */
export async function deactivate(parts: Parts, user: string, isLost: boolean): Promise<void> {
  parts.deactivated.add(user);
  if (isLost) return;
  const { workspace, app } = parts.config;
  const payload = {
    type: 'event_callback',
    token: 'verification-token',
    team_id: workspace.teamId,
    api_app_id: app.appId,
    event_id: slackId('Ev'),
    event_time: Math.floor(Date.now() / 1000),
    event: { type: 'user_change', user: { id: user, team_id: workspace.teamId, deleted: true } },
  };
  parts.journal.add('to_bot', 'events_api', 'user_change', payload);
  await parts.delivery.deliver('events_api', payload);
}
