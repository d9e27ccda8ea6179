import { canonicalDigest } from '../../core/canonical.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import type { Beside, Terms } from './facts.js';
import { list } from './stored.js';

const OPEN = ['pending', 'approved', 'executing', 'active'] as const;

/** More than anybody has open; a cap refuses long before. */
const TAKE = 200;

export async function readBeside(
  context: VerbContext,
  ask: Pick<Terms, 'requester' | 'subject' | 'system' | 'scope'> & {
    /** Null before there is a case to compare. */
    words: Words | null;
    /** The request being edited: it is no other. */
    except: RequestId | null;
    acknowledged: readonly number[];
  },
): Promise<Beside> {
  const { requester, subject, words, except } = ask;
  const [asked, held] = await Promise.all([
    list(context, { requester, states: ['pending'], take: TAKE }),
    list(context, { subject, states: OPEN, take: TAKE }),
  ]);
  return {
    waiting: asked.filter((one) => one.id !== except).length,
    same: held
      .filter(
        ({ id, details }) => id !== except && details.system === ask.system && details.scope === ask.scope,
      )
      .map(({ number, state, details }) => ({
        number,
        state,
        identical: words !== null && canonicalDigest(wordsOf(details)) === canonicalDigest(wordsOf(words)),
      })),
    acknowledged: ask.acknowledged,
  };
}

type Words = Pick<Terms, 'durationMinutes' | 'startAt' | 'reason' | 'ticket'>;

const wordsOf = ({ durationMinutes, startAt, reason, ticket }: Words) => ({
  durationMinutes,
  startAt,
  reason,
  ticket,
});

/** The request that asks for this person's access again and has not begun, whoever of its people asked. */
export async function readRenewal(context: VerbContext, renews: RequestId, subject: PrincipalId) {
  const open = await list(context, { subject, states: ['pending', 'approved', 'executing'], take: TAKE });
  return open.find(({ details }) => details.renews?.id === renews) ?? null;
}
