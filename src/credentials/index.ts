export type { CredentialBroker, Lease, LeaseLogin, LeaseToken, Sweep } from './broker.js';
export { githubTokens } from './github-tokens.js';
export { oktaTokens } from './okta-tokens.js';
export type { SealedTarget } from './sealed-broker.js';
export { sealedBroker } from './sealed-broker.js';
export {
  emptySealedStore,
  generateSealedKey,
  openText,
  SEALED_KEY_FILE,
  SealedKey,
  SealedStore,
  SealedText,
  sealRoot,
  sealText,
} from './sealed-store.js';
export { type TokenVendor, tokenBroker } from './token-broker.js';
