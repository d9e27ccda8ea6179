export { type Approvers, type Decision, type Effect, isEffect, isMinted, type Reason } from './decision.js';
export { type Comparison, compareWithApplied, type PolicyFiles, readPolicyFiles } from './files.js';
export type { Fault } from './organisation/faults.js';
export { admitsOwnAccounts, isActiveAt, loginAt, powerEndsAt } from './organisation/principal.js';
export {
  Organisation,
  type Person,
  type Role,
  type System,
  type Team,
} from './organisation/schema.js';
export { SEVERITIES } from './organisation/system.js';
export { type Answered, type LoadOptions, loadPolicy, type Policy } from './policy.js';
export { oblige, refusal, refusals } from './without-policy.js';
