import { z } from 'zod';
import { PacketId, RequestId, TenantId } from '../core/tenant.js';

/** A job is only a wake-up: ids, never truth. Postgres says what there is to do (rule 14). */
interface JobDefinition<Data extends z.ZodType> {
  data: Data;
  /** The same wake-up twice is one job. BullMQ refuses colons. */
  id(data: z.infer<Data>): string;
}

const job = <Data extends z.ZodType>(definition: JobDefinition<Data>): JobDefinition<Data> => definition;

/** Every job there is. A queue of its own each; the worker and the doer share `doer` in a schema of theirs. */
export const catalogue = {
  /** A request reaches its `dueAt`. */
  due: job({
    data: z.object({ tenant: TenantId, requestId: RequestId, version: z.int().positive() }),
    id: ({ tenant, requestId, version }) => `due-${tenant}-${requestId}-${version}`,
  }),
  /** The outbox has something. */
  relay: job({ data: z.object({ tenant: TenantId }), id: ({ tenant }) => `relay-${tenant}` }),
  /** A packet is released. */
  doer: job({
    data: z.object({ tenant: TenantId, packetId: PacketId }),
    id: ({ tenant, packetId }) => `doer-${tenant}-${packetId}`,
  }),
} as const;

export type JobName = keyof typeof catalogue;
export type JobData<Name extends JobName> = z.infer<(typeof catalogue)[Name]['data']>;

/** Which jobs live in which schema: what is in `bull_doer` is all of the queue the doer can see. */
export const queueSchemas = { bull: ['due', 'relay'], bull_doer: ['doer'] } as const satisfies Record<
  string,
  readonly JobName[]
>;
export type QueueSchema = keyof typeof queueSchemas;
