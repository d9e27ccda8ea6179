import { z } from 'zod';
import type { ObservePacket } from '../../packet/index.js';
import { oblige } from '../../policy/index.js';
import type { InboxReceipt, Step, VerbContext } from '../define.js';
import { noteReceipt, receiptData, receiptEvidence } from '../receipt-evidence.js';
import { packetOf, sendPacket, shortLived } from '../send-packet.js';
import { type GlassState, machine } from './machine.js';
import { escalate } from './review.js';
import { claimedLines, dueOf } from './review-due.js';
import type { Details, NotGone, Review, ReviewDetails } from './schemas.js';
import { asReview, transition } from './stored.js';

/** As many as one answer holds; the others are looked at next. */
const MOST_LINES = 100;

/** What a review does by itself: it is escalated in time, and what somebody calls undone is looked at. */
export const reviewDue: Step<GlassState, Details> = async (context, glass) => {
  const review = asReview(glass);
  const now = context.clock.now();
  if (dueOf(review.details) > now) return { ok: true, value: null };
  if (new Date(review.details.escalateAt) <= now) return escalate(context, glass);
  return review.details.look === null ? sendLook(context, review, now) : lapse(context, review, now);
};

function sendLook(context: VerbContext, review: Review, now: Date) {
  const { parentId, details } = review;
  if (parentId === null) throw new TypeError(`${review.id} reviews no use`);
  const lines = claimedLines(details).slice(0, MOST_LINES);
  const packet: ObservePacket = {
    ...packetOf(context, review, now),
    kind: 'observe',
    ...shortLived(now),
    question: { ask: 'difference_lines', use: parentId, lines },
  };
  const sent = sendPacket(context, packet);
  const looking = { ...details, look: { packetId: packet.id, askedAt: now.toISOString(), lines } };
  return transition(context, review, {
    on: 'edit',
    details: looking,
    dueAt: dueOf(looking),
    at: now,
    decision: oblige({
      rule: 'break-glass.look_sent',
      message: 'What is called undone is looked at.',
      basis: { request: review.id, lines },
    }),
    event: { type: 'break-glass.look_sent', actor: { process: 'worker' }, data: { ...sent.logged, lines } },
    effects: [sent.effect],
  });
}

/** Nobody answered in time: the lines stay open, and say so. */
function lapse(context: VerbContext, review: Review, now: Date) {
  const details = afterLook(review.details, now.toISOString(), () => 'unreachable');
  return transition(context, review, {
    on: 'edit',
    details,
    dueAt: dueOf(details),
    at: now,
    decision: oblige({
      rule: 'break-glass.look_unanswered',
      message: 'The executor did not answer, so what is called undone stays open.',
      basis: { request: review.id, look: review.details.look },
    }),
    event: { type: 'break-glass.look_unanswered', actor: { process: 'worker' } },
  });
}

const Seen = z.object({ gone: z.array(z.int()) });

/** What the executor saw: only a line that it found gone is undone (rule 11). */
export function settleLook(context: VerbContext, review: Review, inbox: InboxReceipt) {
  const { receipt } = inbox;
  if (receipt.packetId !== review.details.look?.packetId || machine.next(review.state, 'edit') === null)
    return noteReceipt(context, review, inbox, {
      type: 'break-glass.receipt_noted',
      data: receiptData(inbox),
    });
  const seen = receipt.outcome === 'observed' ? Seen.safeParse(receipt.evidence).data : undefined;
  const details = afterLook(review.details, receipt.at, (index) => {
    if (seen !== undefined) return seen.gone.includes(index) ? 'gone' : 'standing';
    return receipt.code === 'difference_unknown' ? 'unknown' : 'unreachable';
  });
  return transition(context, review, {
    on: 'edit',
    details,
    dueAt: dueOf(details),
    ...receiptEvidence(context, review, inbox),
    event: {
      type: 'break-glass.looked',
      actor: { process: 'doer' },
      data: { ...receiptData(inbox), lines: review.details.look.lines },
    },
  });
}

function afterLook(
  details: ReviewDetails,
  at: string,
  found: (index: number) => NotGone | 'gone',
): ReviewDetails {
  const looked = new Set(details.look?.lines);
  return {
    ...details,
    look: null,
    drift:
      details.drift?.map((line, index) => {
        if (!looked.has(index) || line.settled !== null || line.claim === null) return line;
        const { by } = line.claim;
        const what = found(index);
        return what === 'gone'
          ? { ...line, claim: null, settled: { by, at, verdict: 'undone' as const } }
          : { ...line, claim: { by, at, found: what } };
      }) ?? null,
  };
}
