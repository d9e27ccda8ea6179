import type { Capability, VerbContext } from '../../capabilities/index.js';
import type { FaultHook } from '../../core/faults.js';
import type { RequestId } from '../../core/tenant.js';
import type { WakeQueue } from '../../queue/index.js';
import { readDueRequests, readRequest, type StoredRequest } from '../../store/index.js';
import type { Log } from '../log.js';
import { type Loop, startLoop } from './loop.js';

export interface RunDeps {
  context: VerbContext;
  capabilities: readonly Capability[];
  gate: WakeQueue<'due' | 'relay'>;
  hook: FaultHook;
  log: Log;
}

const AT_ONCE = 32;

/**
 * Timers. A job is only a wake-up; the sweep over Postgres finds what a queue forgot within a second (rule 14). Both
 * re-read the request, and its compare-and-set settles who was first.
 */
export function startTimers(deps: RunDeps): Loop {
  const { context } = deps;
  const quiet = new Map<RequestId, number>();
  deps.gate.listen('due', async ({ requestId, version }) => {
    const request = await readRequest(context.store, context.tenant, requestId);
    if (request !== null && request.version === version) await runDue(deps, request, quiet);
  });
  return startLoop({
    name: 'sweep',
    idle: 1_000,
    log: deps.log,
    round: async () => {
      const due = await readDueRequests(context.store, context.tenant, context.clock.now(), 500);
      for (let from = 0; from < due.length; from += AT_ONCE)
        await Promise.all(due.slice(from, from + AT_ONCE).map((request) => runDue(deps, request, quiet)));
      return false;
    },
  });
}

const AFTER_FAILURE_MILLISECONDS = 5_000;

/** One that fails is left alone for a moment, so that it cannot crowd out the rest; it stays due. */
async function runDue(deps: RunDeps, request: StoredRequest, quiet: Map<RequestId, number>): Promise<void> {
  const { context } = deps;
  if (
    request.dueAt === null ||
    request.dueAt > context.clock.now() ||
    (quiet.get(request.id) ?? 0) > performance.now()
  )
    return;
  const capability = deps.capabilities.find((candidate) => candidate.name === request.capability);
  try {
    await capability?.onDue(context, request);
    await deps.hook('worker.stepped');
    quiet.delete(request.id);
  } catch (error) {
    quiet.set(request.id, performance.now() + AFTER_FAILURE_MILLISECONDS);
    deps.log.error({ err: error, requestId: request.id, state: request.state }, 'a due step failed');
  }
}
