import { z } from 'zod';
import { PacketId, RequestId, TenantId } from '../core/tenant.js';

const shapes = {
  /** A request reaches its `dueAt`. */
  due: z.strictObject({ tenant: TenantId, requestId: RequestId, version: z.int().positive() }),
  /** A packet is released. */
  doer: z.strictObject({ tenant: TenantId, packetId: PacketId }),
};

type JobTypes = { [Name in keyof typeof shapes]: z.infer<(typeof shapes)[Name]> };
export type JobName = keyof JobTypes;
/** A job is only a wake-up: it carries ids, and Postgres says what there is to do (rule 14). */
export type JobData<Name extends JobName> = JobTypes[Name];

interface JobDefinition<Data> {
  data: z.ZodType<Data>;
  /** The same wake-up twice is one job. BullMQ refuses colons. */
  id(data: Data): string;
}

/** Every job there is, each in a queue of its own. */
export const catalogue: { readonly [Name in JobName]: JobDefinition<JobTypes[Name]> } = {
  due: {
    data: shapes.due,
    id: ({ tenant, requestId, version }) => `due-${tenant}-${requestId}-${version}`,
  },
  doer: { data: shapes.doer, id: ({ tenant, packetId }) => `doer-${tenant}-${packetId}` },
};

/** Which jobs live in which schema: `bull_doer` is all of the queues that the doer can see. */
export const queueSchemas = { bull: ['due'], bull_doer: ['doer'] } as const satisfies Record<
  string,
  readonly JobName[]
>;
export type QueueSchema = keyof typeof queueSchemas;
