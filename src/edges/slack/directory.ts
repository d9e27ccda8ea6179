import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Directory } from '../../capabilities/index.js';
import { CountersignError } from '../../core/errors.js';
import type { Organisation } from '../../policy/index.js';
import { accountsOf } from './account-of.js';
import { slackErrorOf } from './slack-error.js';

const User = z.object({
  deleted: z.boolean().optional(),
  is_restricted: z.boolean().optional(),
  is_ultra_restricted: z.boolean().optional(),
  is_stranger: z.boolean().optional(),
  is_bot: z.boolean().optional(),
});

/**
 * Asks Slack whether somebody is still a full member. Who has no Slack account stands as the organisation's files say.
 * @throws CountersignError `directory_unreachable`
 */
export function slackDirectory(client: WebClient, organisation: () => Organisation): Directory {
  return {
    standing: async (principal) => {
      const accounts = accountsOf(organisation(), principal);
      const standings = await Promise.all(accounts.map((account) => standingOf(client, account)));
      if (standings.includes('deactivated')) return 'deactivated';
      return standings.includes('guest') ? 'guest' : 'active';
    },
  };
}

async function standingOf(client: WebClient, user: string): Promise<'active' | 'deactivated' | 'guest'> {
  try {
    const info = User.parse((await client.users.info({ user })).user);
    if (info.deleted) return 'deactivated';
    return info.is_restricted || info.is_ultra_restricted || info.is_stranger || info.is_bot
      ? 'guest'
      : 'active';
  } catch (error) {
    const code = slackErrorOf(error);
    if (code === 'user_not_found' || code === 'users_not_found') return 'deactivated';
    throw new CountersignError(
      'directory_unreachable',
      'Slack did not answer who this is. Nothing was changed; try again in a minute.',
      { cause: error },
    );
  }
}
