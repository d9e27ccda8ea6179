import { z } from 'zod';

/** A Slack workspace and its organisation. Branded: a plain string does not pass where a tenant is asked for (rule 18). */
export const TenantId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .brand('TenantId');
export type TenantId = z.infer<typeof TenantId>;

/** A principal's id as `policies/people/*.yaml` names it, e.g. `alice` or `svc-deploy`. */
export const PrincipalId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)
  .brand('PrincipalId');
export type PrincipalId = z.infer<typeof PrincipalId>;

/** `r_` and 20 characters of lower-case base32 (100 random bits). Fits a Postgres role name and a BullMQ job id. */
export const RequestId = z
  .string()
  .regex(/^r_[a-z2-7]{20}$/)
  .brand('RequestId');
export type RequestId = z.infer<typeof RequestId>;

/** `p_` and 20 characters of lower-case base32: a packet's id is its nonce. */
export const PacketId = z
  .string()
  .regex(/^p_[a-z2-7]{20}$/)
  .brand('PacketId');
export type PacketId = z.infer<typeof PacketId>;
