import type { PrincipalId, RequestId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import type { Elevation } from './schemas.js';
import { list } from './stored.js';

/** What else there is of a person's asking, when they ask or edit. */
export interface Beside {
  /** How many of the requester's own requests wait. */
  waiting: number;
  /** Requests for the same scope and person that wait or are in force. */
  same: readonly Pick<Elevation, 'number' | 'state'>[];
  /** Numbers of those the person was shown. */
  acknowledged: readonly number[];
}

const OPEN = ['pending', 'approved', 'executing', 'active'] as const;

/** More than anybody has open; a cap refuses long before. */
const TAKE = 200;

export async function readBeside(
  context: VerbContext,
  ask: {
    requester: PrincipalId;
    subject: PrincipalId;
    system: string;
    scope: string;
    /** The request being edited: it is no other. */
    except: RequestId | null;
    acknowledged: readonly number[];
  },
): Promise<Beside> {
  const { requester, subject, except } = ask;
  const [asked, held] = await Promise.all([
    list(context, { requester, states: ['pending'], take: TAKE }),
    list(context, { subject, states: OPEN, take: TAKE }),
  ]);
  return {
    waiting: asked.filter((one) => one.id !== except).length,
    same: held.filter(
      ({ id, details }) => id !== except && details.system === ask.system && details.scope === ask.scope,
    ),
    acknowledged: ask.acknowledged,
  };
}
