import type { Capability, VerbContext } from '../../capabilities/index.js';
import type { FaultHook } from '../../core/faults.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { turns } from '../../core/turns.js';
import type { WakeQueue } from '../../queue/index.js';
import {
  type ClaimedEffect,
  claimEffects,
  type Effect,
  finishEffect,
  postponeEffect,
  readRequest,
  releasePacket,
} from '../../store/index.js';
import type { Log } from '../log.js';
import { ownerOf } from '../owner.js';
import { retryAfterOf } from '../retry-after.js';
import type { Alerter } from './alert.js';
import { type Loop, startLoop } from './loop.js';
import type { Pager } from './pager.js';
import type { Told } from './told.js';

export interface RelayDeps {
  context: VerbContext;
  capabilities: readonly Capability[];
  gate: WakeQueue<'due'>;
  doer: WakeQueue<'doer'>;
  /** Both show things in Slack as they are now, throw when Slack does, and are false while another worker does it. */
  project(requestId: RequestId): Promise<boolean>;
  homes: {
    publish(person: PrincipalId): Promise<boolean>;
    changed(requestId: RequestId): Promise<boolean>;
  };
  alert: Alerter;
  pager: Pager | null;
  told: Told;
  /** Called when a packet is on its way to the doer. */
  released: () => void;
  hook: FaultHook;
  log: Log;
}

const LONGEST_PAUSE_SECONDS = 60;

/**
 * Carries out what commits left behind, at least once each. Packets and timers never wait for Slack: messages have a
 * lane of their own (rule 14), and a longer claim, since Slack may ask for patience.
 */
export function startRelay(deps: RelayDeps): Loop {
  const lanes = [
    startLane(deps, {
      name: 'relay',
      kinds: ['packet', 'due', 'stop', 'unvote', 'freeze'],
      take: 64,
      seconds: 10,
      idle: 20,
      rest: 100,
    }),
    startLane(deps, {
      name: 'messages',
      kinds: ['project', 'project_sequenced', 'home'],
      take: 32,
      seconds: 60,
      idle: 50,
      rest: 150,
    }),
    // What must reach somebody waits behind no message that Slack is slow to take.
    startLane(deps, {
      name: 'alerts',
      kinds: ['alert', 'resolve', 'project_first'],
      take: 32,
      seconds: 60,
      idle: 50,
      rest: 150,
    }),
  ];
  return {
    wake: () => {
      for (const lane of lanes) lane.wake();
    },
    stop: async () => {
      await Promise.all(lanes.map((lane) => lane.stop()));
    },
  };
}

type Lane = Pick<Parameters<typeof claimEffects>[1], 'kinds' | 'take' | 'seconds'> & {
  name: string;
  idle: number;
  rest: number;
};

/** At most `take` effects in hand at a time: none of them waits for another, but for one that shows the same thing. */
function startLane(deps: RelayDeps, { kinds, take, seconds, ...how }: Lane): Loop {
  const { store, tenant, clock } = deps.context;
  const inTurn = turns();
  const inHand = new Map<bigint, Promise<void>>();
  const begin = (key: string, group: readonly ClaimedEffect[]): void => {
    const handled = inTurn(key, () => handleGroup(deps, group))
      // What our database did not note comes again when its claim lapses.
      .catch((error: unknown) => deps.log.error({ err: error, lane: how.name }, 'an effect was left in hand'))
      .finally(() => {
        for (const { id } of group) inHand.delete(id);
      });
    for (const { id } of group) inHand.set(id, handled);
  };
  const loop = startLoop({
    ...how,
    log: deps.log,
    round: async () => {
      const room = take - inHand.size;
      if (room <= 0) return false;
      const claim = { tenant, kinds, seconds, take: room, now: clock.now() };
      const claimed = await claimEffects(store, claim);
      for (const [key, group] of coalesced(claimed)) begin(key, group);
      return claimed.length > 0;
    },
  });
  return {
    wake: loop.wake,
    stop: async () => {
      await loop.stop();
      await Promise.all(inHand.values());
    },
  };
}

/** Several refreshes of one request are one refresh: the projector shows what is true now. */
function coalesced(claimed: readonly ClaimedEffect[]): Map<string, ClaimedEffect[]> {
  const groups = new Map<string, ClaimedEffect[]>();
  for (const one of claimed) {
    const key = refreshed(one.effect) ?? one.id.toString();
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return groups;
}

function refreshed(effect: Effect | null): string | null {
  if (effect?.kind === 'home') return `home-${effect.person}`;
  return effect !== null && PROJECTS.has(effect.kind) ? `project-${effect.requestId}` : null;
}

const PROJECTS: ReadonlySet<Effect['kind']> = new Set(['project', 'project_first', 'project_sequenced']);

async function handleGroup(deps: RelayDeps, group: readonly ClaimedEffect[]): Promise<void> {
  const { store, clock } = deps.context;
  const [first] = group;
  if (first === undefined) return;
  try {
    const done = await handle(deps, first);
    if (done) await Promise.all(group.map((one) => finishEffect(store, one.id)));
    else
      await Promise.all(
        group.map((one) => postponeEffect(store, one.id, new Date(clock.now().getTime() + 50))),
      );
  } catch (error) {
    const backoff = 2 ** Math.min(first.attempts - 1, 6);
    const pause = Math.min(LONGEST_PAUSE_SECONDS, retryAfterOf(error) ?? backoff) * 1000;
    deps.log.warn(
      {
        err: error,
        effect: first.effect?.kind,
        requestId: first.effect?.requestId,
        attempts: first.attempts,
      },
      'an effect will be tried again',
    );
    await Promise.all(
      group.map((one) => postponeEffect(store, one.id, new Date(clock.now().getTime() + pause))),
    );
  }
}

async function handle(deps: RelayDeps, { effect, eventId }: ClaimedEffect): Promise<boolean> {
  const { store, tenant, clock } = deps.context;
  if (effect === null) throw new TypeError('this effect does not parse');
  switch (effect.kind) {
    case 'project':
    case 'project_first':
    case 'project_sequenced':
      return showChange(deps, effect.requestId);
    case 'home':
      return deps.homes.publish(effect.person);
    case 'due':
      // Only hints, these wake-ups: no effect waits for a queue that does not answer.
      void deps.gate.wake(
        'due',
        { tenant, requestId: effect.requestId, version: effect.version },
        { at: new Date(effect.at) },
      );
      return true;
    case 'packet':
      await deps.hook('worker.claimed');
      if (!(await releasePacket(store, { tenant, effect, eventId, now: clock.now() }))) return false;
      deps.released();
      await deps.hook('worker.released');
      void deps.doer.wake('doer', { tenant, packetId: effect.packetId });
      return true;
    case 'alert':
      for (const sink of await deps.alert(effect)) {
        await deps.hook('worker.alerted');
        if (effect.requestId !== null) await deps.told(effect.requestId, sink);
      }
      return true;
    case 'resolve':
      await deps.pager?.resolve(effect);
      return true;
    case 'stop':
    case 'unvote':
      return askOwner(deps, effect);
    case 'freeze':
      for (const { freeze } of deps.capabilities) await freeze?.(deps.context, effect);
      return true;
  }
}

/** Its messages and its people's Homes; Slack's no to one keeps nobody from the other. */
async function showChange({ project, homes }: RelayDeps, requestId: RequestId): Promise<boolean> {
  const done = await Promise.allSettled([project(requestId), homes.changed(requestId)]);
  for (const one of done) if (one.status === 'rejected') throw one.reason;
  return done.every((one) => one.status === 'fulfilled' && one.value);
}

/** A lost race leaves the effect for another round; a state that has nothing left to stop or to void is done. */
async function askOwner(
  { context, capabilities }: RelayDeps,
  effect: Extract<Effect, { kind: 'stop' | 'unvote' }>,
): Promise<boolean> {
  const request = await readRequest(context.store, context.tenant, effect.requestId);
  const owner = ownerOf(capabilities, request);
  if (request === null || owner === undefined || owner.machine.isFinal(request.state)) return true;
  const done =
    effect.kind === 'stop'
      ? await owner.stop?.(context, request, effect.because)
      : await owner.unvote?.(context, request, effect);
  return done?.ok !== false || done.code !== 'lost_race';
}
