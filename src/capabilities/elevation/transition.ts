import type { Outcome } from '../../core/outcome.js';
import type { EventDraft } from '../../ledger/index.js';
import { type Commit, type Committed, commit, type RequestChange } from '../../store/index.js';
import type { VerbContext } from '../define.js';
import { type ElevationEvent, machine } from './machine.js';
import type { Details, Elevation, ElevationEventType } from './schemas.js';
import { NAME } from './settled.js';

export type ElevationEventDraft = Omit<EventDraft, 'type' | 'requestId'> & { type: ElevationEventType };

type Rest = Omit<Commit, 'tenant' | 'event' | 'changes' | 'moreEvents'>;

/** One step along the table: an impossible step is a defect and throws before anything is written. */
export async function transition(
  context: VerbContext,
  request: Elevation,
  step: Rest & { on: ElevationEvent; details: Details; dueAt: Date | null; event: ElevationEventDraft },
): Promise<Outcome<Committed>> {
  const { on, details, dueAt, event, ...rest } = step;
  const next = machine.next(request.state, on);
  if (next === null) throw new TypeError(`elevation: ${request.state} has no ${on}`);
  const change: RequestChange = {
    id: request.id,
    capability: NAME,
    requester: request.requester,
    subject: request.subject,
    from: { state: request.state, version: request.version },
    to: { state: next, details, dueAt },
  };
  return commit(context.store, {
    ...rest,
    tenant: context.tenant,
    event: {
      ...event,
      requestId: request.id,
      people: { requester: request.requester, subject: request.subject, ...event.people },
    },
    changes: [change],
  });
}
