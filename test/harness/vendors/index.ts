export { type Github, type GithubSeed, startGithub } from './github.js';
export { newRsaKey } from './jwt.js';
export { type Okta, type OktaSeed, startOkta } from './okta.js';
