export { parseDuration } from './duration.js';
export { findSecret } from './secrets.js';
