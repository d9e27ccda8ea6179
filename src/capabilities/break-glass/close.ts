import { addHours } from 'date-fns/addHours';
import { oblige } from '../../policy/index.js';
import type { Step, VerbContext } from '../define.js';
import { type GlassState, machine } from './machine.js';
import type { Details, Use } from './schemas.js';
import { asUse, changeOf, readGlass, transition } from './stored.js';

/** Looked at again even where a child's own word was lost. */
const LOOK_AGAIN_HOURS = 24;

/** The loop closes itself: rotated, justified and reviewed, or never shown at all. */
export const close: Step<GlassState, Details> = async (context, glass) => {
  const request = asUse(glass);
  const { review, justification } = await childrenOf(context, request);
  const now = context.clock.now();
  const isClosed = machine.isFinal(review.state) && CLOSABLE.has(justification.state);
  return transition(context, request, {
    on: isClosed ? 'close' : 'wait',
    details: request.details,
    dueAt: isClosed ? null : addHours(now, LOOK_AGAIN_HOURS),
    at: now,
    decision: oblige({
      rule: isClosed ? 'break-glass.closed' : 'break-glass.waits_for_children',
      message: 'A use closes when it is rotated, justified and reviewed.',
      basis: { request: request.id, review: review.state, justification: justification.state },
    }),
    event: { type: isClosed ? 'break-glass.closed' : 'break-glass.waited', actor: { process: 'worker' } },
    also:
      isClosed && justification.state === 'justification_given'
        ? [changeOf(justification, { on: 'close', details: justification.details, dueAt: null })]
        : [],
  });
};

const CLOSABLE: ReadonlySet<GlassState> = new Set([
  'justification_given',
  'justification_stood_in',
  'justification_closed',
  'dropped',
]);

async function childrenOf(context: VerbContext, { details }: Use) {
  const [review, justification] = await Promise.all([
    readGlass(context, details.review),
    readGlass(context, details.justification),
  ]);
  return { review, justification };
}

/** What a child's commit adds so that its use looks at its guard at once. */
export async function wakeParent(context: VerbContext, child: { parentId: Use['parentId'] }, now: Date) {
  if (child.parentId === null) return [];
  const parent = asUse(await readGlass(context, child.parentId));
  return parent.state === 'rotated'
    ? [changeOf(parent, { on: 'wait', details: parent.details, dueAt: now })]
    : [];
}
