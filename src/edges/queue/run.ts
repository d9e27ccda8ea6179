import type { Capability, VerbContext } from '../../capabilities/index.js';
import type { FaultHook } from '../../core/faults.js';
import type { RequestId } from '../../core/tenant.js';
import type { WakeQueue } from '../../queue/index.js';
import { readDueRequests, readRequest, type StoredRequest } from '../../store/index.js';
import type { Log } from '../log.js';
import { ownerOf } from '../owner.js';
import { type Loop, startLoop } from './loop.js';

export interface RunDeps {
  context: VerbContext;
  capabilities: readonly Capability[];
  gate: WakeQueue<'due'>;
  hook: FaultHook;
  log: Log;
}

/** Steps under way at most; what waits for Slack holds no connection to Postgres. */
const AT_ONCE = 256;
const AFTER_FAILURE_MILLISECONDS = 5_000;

/**
 * Timers. A job is only a wake-up; the sweep over Postgres finds what a queue forgot within a second (rule 14). Both
 * re-read the request, and its compare-and-set settles who was first. No step waits for another: a beginning that hangs
 * on Slack, or one that fails for ever, delays no end (rule 2).
 */
export function startTimers(deps: RunDeps): Loop {
  const { context } = deps;
  const running = new Map<RequestId, Promise<void>>();
  const quiet = new Map<RequestId, number>();
  const start = (request: StoredRequest): void => {
    const { id, dueAt } = request;
    if (dueAt === null || dueAt > context.clock.now() || running.has(id) || quiet.has(id)) return;
    const step = runStep(deps, request)
      .catch((error: unknown) => {
        quiet.set(id, performance.now() + AFTER_FAILURE_MILLISECONDS);
        deps.log.error({ err: error, requestId: id, state: request.state }, 'a due step failed');
      })
      .finally(() => running.delete(id));
    running.set(id, step);
  };
  deps.gate.listen('due', async ({ requestId, version }) => {
    const request = await readRequest(context.store, context.tenant, requestId);
    if (request !== null && request.version === version) start(request);
  });
  const sweep = startLoop({
    name: 'sweep',
    idle: 1_000,
    log: deps.log,
    round: async () => {
      for (const [id, until] of quiet) if (until <= performance.now()) quiet.delete(id);
      const due = await readDueRequests(context.store, context.tenant, {
        now: context.clock.now(),
        take: AT_ONCE - running.size,
        except: [...quiet.keys(), ...running.keys()],
      });
      for (const request of due) start(request);
      return false;
    },
  });
  return {
    wake: sweep.wake,
    stop: async () => {
      await sweep.stop();
      await Promise.all(running.values());
    },
  };
}

async function runStep(deps: RunDeps, request: StoredRequest): Promise<void> {
  const capability = ownerOf(deps.capabilities, request);
  await capability?.onDue(deps.context, request);
  await deps.hook('worker.stepped');
}
