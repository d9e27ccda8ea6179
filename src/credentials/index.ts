export type { CredentialBroker, Lease, LeaseLogin } from './broker.js';
export type { SealedTarget } from './sealed-broker.js';
export { sealedBroker } from './sealed-broker.js';
export {
  emptySealedStore,
  generateSealedKey,
  SEALED_KEY_FILE,
  SealedKey,
  SealedStore,
  sealRoot,
} from './sealed-store.js';
