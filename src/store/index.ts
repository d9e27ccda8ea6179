export type { Commit, Committed, RequestChange, VoteWrite } from './commit.js';
export { commit, refuse } from './commit.js';
export { Effect } from './effects.js';
export type { StoredRequest, StoredVote } from './requests.js';
export { readDueRequests, readRequest, readRequestByNumber, readRequests } from './requests.js';
export type { Store, StoreOptions } from './store.js';
export { openStore } from './store.js';
export { adoptCopy, inputSeen, seeInput } from './inputs.js';
