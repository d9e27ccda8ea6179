export type { Anchor, Anchoring } from './anchors/anchor.js';
export { channelAnchor } from './anchors/channel.js';
export { fileAnchor } from './anchors/file.js';
export { type AnchorTools, readAnchorSettings, recallFromAnchors } from './anchors/settings.js';
export { type AnchoringOptions, anchorNewest, readAnchors, startAnchoring } from './anchors/start.js';
export { witnessAnchor } from './anchors/witness.js';
export type { Problem } from './check-chain.js';
export {
  CHECKPOINT_SIGNER_FILE,
  type CheckpointKeys,
  CheckpointSigner,
  checkpointKeysOf,
  loadCheckpointKeys,
} from './checkpoint-keys.js';
export { type CheckpointMemory, fileMemory } from './checkpoint-memory.js';
export {
  type DecisionRecord,
  type EventDeps,
  type EventDraft,
  type PreparedEvent,
  prepareEvent,
} from './event.js';
export { exportLog, readEvents } from './export.js';
export { logOrigin } from './origin.js';
export { pruneOldestRange } from './prune.js';
export { createPseudonyms, type Pseudonyms, readPrincipals } from './pseudonyms.js';
export { type ProvenEntry, type PublishedLog, proveEntry, proveEvent, publishedLog } from './publish.js';
export { type RequestEvent, readRequestEvents } from './request-events.js';
export { type Sequencer, type SequencerOptions, startSequencer } from './sequencer.js';
export { fileSubjectKeys, type SubjectKeys } from './subject-keys.js';
export { parseTilePath } from './tiles.js';
export { type LedgerReport, type VerifyOptions, verifyLedger } from './verify.js';
export type { AnchoredCheckpoint, AnchorVerdict } from './verify-anchors.js';
export { verifyChain } from './verify-chain.js';
export { createWitness, type Witness, type WitnessOptions } from './witness.js';
export { readWitnessSettings } from './witness-settings.js';
