import { z } from 'zod';
import { PacketId, PrincipalId, RequestId } from '../core/tenant.js';

/** Why something ends whatever its state: an account is frozen or gone, an incident contained, what was done recalled. */
export const StopReason = z.enum(['frozen', 'deactivated', 'contained', 'recalled']);

/** Why something is stopped, and on whose word; `by` is null where a process noticed it. */
export const Stop = z.object({ reason: StopReason, by: PrincipalId.nullable() });
export type Stop = z.infer<typeof Stop>;

/** What the relay will do once a commit stands. An effect names things and carries ids, never Slack blocks (rule 14). */
export const Effect = z.discriminatedUnion('kind', [
  /** Show the request as it is by then, on every surface its capability lists. */
  z.object({ kind: z.literal('project'), requestId: RequestId }),
  /** The same, where nothing that others are shown is waited for. */
  z.object({ kind: z.literal('project_first'), requestId: RequestId }),
  /** The same once this commit's first event is sequenced: for what shows the ledger's own entries. */
  z.object({ kind: z.literal('project_sequenced'), requestId: RequestId }),
  /** Wake the capability when `at` has come, if the request is still at `version`. */
  z.object({
    kind: z.literal('due'),
    requestId: RequestId,
    version: z.int().positive(),
    at: z.iso.datetime(),
  }),
  /** Release a signed packet to the doer; `awaitsEvent`: not before this commit's first event is sequenced (rule 7). */
  z.object({
    kind: z.literal('packet'),
    requestId: RequestId,
    packetId: PacketId,
    packetKind: z.enum(['grant', 'end', 'reveal', 'check_out', 'rotate', 'observe']),
    system: z.string(),
    envelope: z.base64(),
    awaitsEvent: z.boolean(),
  }),
  /** Tell people outside the request's own messages, in and outside Slack. */
  z.object({
    kind: z.literal('alert'),
    requestId: RequestId.nullable(),
    alert: z.string(),
    text: z.string().max(1_000),
    /** One effect a sink, so that one that is away makes nobody hear the same twice; without it both are asked. */
    sink: z.enum(['slack', 'webhook']).exactOptional(),
    /** Where in Slack; #requests unless told. */
    channel: z.enum(['requests', 'codex-hps']).exactOptional(),
    /** At the pager, alerts of one occasion are one incident; each commit is an occasion of its own unless told. */
    occasion: z.string().max(64).exactOptional(),
    /** `critical` unless told. */
    severity: z.enum(['critical', 'error']).exactOptional(),
  }),
  /** What an alert of this occasion told of is over: closes its incident at the pager, which goes before it. */
  z.object({
    kind: z.literal('resolve'),
    requestId: RequestId,
    alert: z.string(),
    occasion: z.string().max(64),
  }),
  /** Show this person's App Home as it is by then. */
  z.object({ kind: z.literal('home'), requestId: z.null(), person: PrincipalId }),
  /** End or close this request, whatever its capability and state. */
  z.object({ kind: z.literal('stop'), requestId: RequestId, because: Stop }),
  /** Take one standing vote on this request back, where what it carries has not begun. */
  z.object({ kind: z.literal('unvote'), requestId: RequestId, vote: z.uuid(), because: Stop }),
  /** Take all power from this person at once. */
  z.object({
    kind: z.literal('freeze'),
    requestId: RequestId.nullable(),
    person: PrincipalId,
    because: Stop,
  }),
]);
export type Effect = z.infer<typeof Effect>;
