import { addMinutes } from 'date-fns/addMinutes';
import { z } from 'zod';
import { isEffect, oblige } from '../../policy/index.js';
import {
  type RequestChange,
  readErasureWaits,
  readRequestsConcerning,
  type StoredRequest,
} from '../../store/index.js';
import type { Step, VerbContext } from '../define.js';
import { ERASED, eraseWords } from '../words.js';
import { withdraw } from './close.js';
import { buildFacts } from './facts.js';
import type { ErasureState } from './machine.js';
import { type Details, type Erasure, LOOK_MINUTES } from './schemas.js';
import { ENTRYPOINT, erasureHandle, transition } from './stored.js';

const waitsOf = ({ store, tenant }: VerbContext, { id, subject }: Erasure) =>
  readErasureWaits(store, tenant, { person: subject, erasure: id });

/** Waits while anything of the person is open; then decides again with fresh facts and begins (rule 4). */
export const look: Step<ErasureState, Details> = async (context, request) => {
  const waitsFor = await waitsOf(context, request);
  if (waitsFor.length > 0) return wait(context, request, waitsFor);
  const now = context.clock.now();
  const facts = await buildFacts(context, { action: 'execute', now, actor: request.requester, request });
  const decision = context.policy.decide(ENTRYPOINT, facts);
  if (!isEffect(decision, 'allow')) return withdraw(context, request, decision);
  return transition(context, request, {
    on: 'execute',
    details: { ...request.details, waitsFor: [] },
    dueAt: now,
    at: now,
    decision,
    event: { type: 'erasure.begun', actor: { process: 'worker' }, data: { seal: request.details.seal } },
  });
};

function wait(context: VerbContext, request: Erasure, waitsFor: Details['waitsFor']) {
  const now = context.clock.now();
  const numbers = waitsFor.flatMap(({ number }) => number ?? []);
  return transition(context, request, {
    on: 'wait',
    details: { ...request.details, waitsFor },
    dueAt: addMinutes(now, LOOK_MINUTES),
    at: now,
    decision: oblige({
      rule: 'erasure.waits',
      message: 'Something of this person is open.',
      basis: { request: request.id, numbers },
    }),
    event: {
      type: 'erasure.waited',
      actor: { process: 'worker' },
      data: { numbers, held: waitsFor.some(({ number }) => number === null) },
    },
  });
}

/**
 * The key first, since no commit can take a file along, and not before a last look: a hold may have come since. Then all the
 * rest in one commit with the event that says so. A crash between the two is repeated, and what was opened meanwhile sends it
 * back to wait. What is written here names nobody.
 */
export const erase: Step<ErasureState, Details> = async (context, request) => {
  const { store, tenant, clock } = context;
  const { id, subject: person, details } = request;
  if ((await waitsOf(context, request)).length > 0) return look(context, request);
  await store.subjectKeys.erase(await store.pseudonyms.of(tenant, person));
  const now = clock.now();
  const concerned = (await readRequestsConcerning(store, tenant, person)).filter((one) => one.id !== id);
  const erased = await transition(context, request, {
    on: 'erase',
    details: { ...details, reason: ERASED, erased: { at: now.toISOString(), requests: concerned.length } },
    dueAt: null,
    at: now,
    decision: oblige({
      rule: 'erasure.begun',
      message: 'This erasure was countersigned and nothing is open.',
      basis: { request: id },
    }),
    erase: person,
    also: concerned.map((one) => withoutWords(one, request)),
    release: [{ handle: erasureHandle(person), holder: id }],
    event: {
      type: 'erasure.erased',
      actor: { process: 'worker' },
      data: { seal: details.seal, requests: concerned.length },
    },
  });
  return erased.ok || erased.code !== 'still_open' ? erased : look(context, request);
};

const Stored = z.json();

/** In its state as before; its messages are shown again. */
function withoutWords(one: StoredRequest, { subject: person }: Erasure): RequestChange {
  const { id, capability, requester, subject, state, version, dueAt } = one;
  return {
    id,
    capability,
    requester,
    subject,
    from: { state, version },
    to: { state, details: eraseWords(one, Stored.parse(one.details), person), dueAt },
  };
}
