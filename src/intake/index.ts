export { parseDuration } from './duration.js';
export { parseNumber } from './number.js';
export { findSecret } from './secrets.js';
export { durationFirst, spokenDurationAt } from './spoken.js';
