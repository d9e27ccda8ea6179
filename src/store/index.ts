export type { CommitCode, Committed } from './commit.js';
export { commit, refuse } from './commit.js';
export { Effect, Stop, StopReason } from './effects.js';
export { readHandles, readTurns } from './handles.js';
export { openHome, readHomesOpened } from './homes.js';
export { adoptCopy, readInput, seeInput } from './inputs.js';
export { beginOutage, endOutage, outageWithin } from './outages.js';
export { type ClaimedEffect, claimEffects, finishEffect, postponeEffect, releasePacket } from './outbox.js';
export { dropFromInbox, type InboxRow, readReceipt, readReceiptInbox } from './receipts.js';
export type { RequestsOf, StoredRequest } from './requests.js';
export {
  readDueRequests,
  readErasureWaits,
  readOpenRequestsOn,
  readPeopleWithOpenRequests,
  readRequest,
  readRequestsById,
  readRequestsConcerning,
  readRequestsOf,
  readRequestsWith,
} from './requests.js';
export { applyGenesis, readRulesInForce } from './rules.js';
export type { Store, StoreOptions } from './store.js';
export { openStore } from './store.js';
export { readVotesBy, readVotesOn, type StoredVote } from './votes.js';
export type { Commit, RequestChange, TurnWrite, VoteWrite } from './writes.js';
