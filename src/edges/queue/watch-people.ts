import type { VerbContext } from '../../capabilities/index.js';
import { readFrozen } from '../../capabilities/principal-facts.js';
import type { PrincipalId } from '../../core/tenant.js';
import { readPeopleWithOpenRequests } from '../../store/index.js';
import { reportDeactivated } from '../deactivated.js';
import type { Log } from '../log.js';
import { type Loop, startLoop } from './loop.js';

/** Between two questions to Slack, which takes `users.info` a hundred times a minute. */
const EVERY_MILLISECONDS = 1_000;

/**
 * Asks Slack, one after the other, whether those who hold or await something are still there. The event that says so may
 * be lost on its way, and access of somebody who left would go on to its end.
 */
export function watchPeople(options: { context: VerbContext; log: Log }): Loop {
  const { context, log } = options;
  let waiting: PrincipalId[] = [];
  return startLoop({
    name: 'people',
    idle: EVERY_MILLISECONDS,
    log,
    round: async () => {
      const person = waiting.shift();
      if (person === undefined) waiting = await askable(context);
      else if ((await context.directory.standing(person).catch(() => null)) === 'deactivated') {
        const hour = context.clock.now().toISOString().slice(0, 13);
        const input = `standing-${person}-${hour}`;
        await reportDeactivated(context, person, { process: 'worker', input });
      }
      return false;
    },
  });
}

async function askable(context: VerbContext): Promise<PrincipalId[]> {
  const frozen = new Set((await readFrozen(context)).map((one) => one.person));
  const people = await readPeopleWithOpenRequests(context.store, context.tenant);
  return people.filter((person) => !frozen.has(person));
}
