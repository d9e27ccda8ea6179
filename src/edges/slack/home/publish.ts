import { createHash, randomUUID } from 'node:crypto';
import type { HomeItem, VerbContext } from '../../../capabilities/index.js';
import type { PrincipalId, RequestId } from '../../../core/tenant.js';
import { readHomesOpened, readRequest } from '../../../store/index.js';
import type { Log } from '../../log.js';
import type { ProjectorDeps } from '../project/deps.js';
import { readPlaced, releaseLease, renewLease, savePlaced, takeLease } from '../project/placed.js';
import { slackErrorOf } from '../slack-error.js';
import { assembleHome } from './assemble.js';
import { peopleConcerned } from './concerned.js';

/** Keeps App Homes as they should be now; both throw when Slack does, and are then called again. */
export interface Homes {
  /** Publishes this person's Home if it differs from what they see. False while another worker does. */
  publish(person: PrincipalId): Promise<boolean>;
  /** A request changed: so may the Homes of those it concerns who have ever opened theirs. */
  changed(requestId: RequestId): Promise<boolean>;
}

type Deps = Pick<ProjectorDeps, 'client' | 'capabilities' | 'names' | 'accountOf'> & {
  context: VerbContext;
  log: Log;
};

/** The surface under which a Home's digest is kept, as messages' are. */
const SURFACE = 'home';

export function createHomes(deps: Deps): Homes {
  const publish = (person: PrincipalId) => publishHome(deps, person);
  return {
    publish,
    changed: async (requestId) => {
      const { store, tenant } = deps.context;
      const opened = await readHomesOpened(store, tenant);
      const request = opened.length === 0 ? null : await readRequest(store, tenant, requestId);
      if (request === null) return true;
      const concerned = peopleConcerned(deps.capabilities, request, deps.names());
      const done = await Promise.all(opened.filter((person) => concerned.has(person)).map(publish));
      return done.every(Boolean);
    },
  };
}

async function publishHome(deps: Deps, person: PrincipalId): Promise<boolean> {
  const { context, client } = deps;
  const account = deps.accountOf(person);
  if (account === null) return true;
  const home = `home:${person}` as const;
  const holder = randomUUID();
  if (!(await takeLease(context, home, holder))) return false;
  try {
    const view = await viewFor(deps, person);
    const digest = createHash('sha256').update(JSON.stringify(view)).digest('hex');
    if ((await readPlaced(context, home)).get(SURFACE)?.digest === digest) return true;
    await renewLease(context, home, holder);
    if (!(await isTaken(deps, person, client.views.publish({ user_id: account, view })))) return true;
    await savePlaced(context, home, SURFACE, { channel: account, ts: '', digest });
    return true;
  } finally {
    await releaseLease(context, home, holder);
  }
}

/** False where there is no Home to show it in: the account is gone, or the app has its Home turned off. */
async function isTaken({ log }: Deps, person: PrincipalId, publishing: Promise<unknown>): Promise<boolean> {
  try {
    await publishing;
    return true;
  } catch (error) {
    const code = slackErrorOf(error) ?? '';
    if (!NO_HOME.has(code)) throw error;
    log.warn({ code, person }, 'a person has no home to show');
    return false;
  }
}

const NO_HOME: ReadonlySet<string> = new Set(['user_not_found', 'not_enabled']);

/** What one capability cannot tell keeps nobody from the rest. */
async function viewFor({ context, capabilities, names, log }: Deps, person: PrincipalId) {
  const told = await Promise.allSettled(
    capabilities.map(
      async ({ home }): Promise<readonly HomeItem[]> => (home === null ? [] : home(context, person, names())),
    ),
  );
  const failed = told.filter((one) => one.status === 'rejected');
  for (const { reason } of failed) log.error({ err: reason, person }, 'part of a home could not be told');
  const items = told.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  return assembleHome(items, failed.length > 0);
}
