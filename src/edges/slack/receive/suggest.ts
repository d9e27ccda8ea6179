import { option } from '../../../blocks/index.js';
import type { SlackHandlers } from '../../../capabilities/index.js';
import { SearchBody } from './bodies.js';
import { callerOf } from './caller.js';
import type { SlackEdge } from './edge.js';

/** Slack shows no list that is longer. */
const MOST_OPTIONS = 100;

type Search = NonNullable<SlackHandlers['options']>[number];

/** What an external select offers this person. A stranger is offered nothing; whatever fails offers nothing either. */
export async function suggest(edge: SlackEdge, search: Search, unparsed: unknown) {
  const { context, log } = edge;
  try {
    const body = SearchBody.parse(unparsed);
    const from = { team: body.team?.id, user: body.user.id };
    const { principal } = callerOf(context.policy.organisation, context.tenant, from);
    if (principal === null) return { options: [] };
    const found = await search.run(context, { by: principal, query: body.value });
    return { options: found.slice(0, MOST_OPTIONS).map(({ text, value }) => option(text, value)) };
  } catch (error) {
    log.error({ err: error, actionId: search.actionId }, 'a search failed');
    return { options: [] };
  }
}
