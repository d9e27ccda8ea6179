import { inlineValue, mention } from '../blocks/index.js';
import type { Organisation } from '../policy/index.js';
import type { Names } from './define.js';

/** How messages name people and things: a mention where there is a Slack account, else the name, else the id. */
export function namesOf(organisation: Organisation): Names {
  const person = (id: string) => organisation.people.find((candidate) => candidate.id === id);
  const system = (id: string) => organisation.systems.find((candidate) => candidate.id === id);
  return {
    person: (id) => person(id)?.name ?? id,
    mention: (id) => {
      const account = person(id)?.identities.slack?.[0];
      return account === undefined ? inlineValue(person(id)?.name ?? id, 100) : mention(account);
    },
    system: (id) => system(id)?.title ?? id,
    scope: (systemId, id) => system(systemId)?.scopes.find((scope) => scope.id === id)?.title ?? id,
  };
}
