import { z } from 'zod';
import { PrincipalId } from '../core/tenant.js';

const reason = z.strictObject({ rule: z.string().min(1), message: z.string().min(1) });
const reasons = z.array(reason).min(1);
const obligations = z.array(z.json());
const stage = z.strictObject({
  needed: z.number().int().min(1),
  principals: z.array(PrincipalId).min(1),
});
const approvers = z
  .strictObject({
    ...stage.shape,
    /** Who decides in turn; one stage of all where this is left out. */
    stages: z.array(stage).min(1).exactOptional(),
  })
  .refine(
    ({ needed, principals }) => new Set(principals).size >= needed,
    'fewer approvers than approvals needed',
  )
  .refine(
    ({ needed, stages }) => stages === undefined || sumOf(stages) === needed,
    'the stages ask for another number of approvals',
  );

const sumOf = (stages: readonly { needed: number }[]): number =>
  stages.reduce((sum, one) => sum + one.needed, 0);

/** What an entrypoint must answer. Anything else counts as no answer: a denial. */
export const Answer = z.discriminatedUnion('effect', [
  z.strictObject({ effect: z.literal('allow'), reasons, approvers: z.null(), obligations }),
  z.strictObject({ effect: z.literal('deny'), reasons, approvers: z.null(), obligations }),
  z.strictObject({ effect: z.literal('block'), reasons, approvers: z.null(), obligations }),
  z.strictObject({ effect: z.literal('require_hitl'), reasons, approvers, obligations }),
]);
export type Answer = z.infer<typeof Answer>;
