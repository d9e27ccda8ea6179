export { freePort } from '../../../scripts/lib/free-port.js';
export { connectSlackClient, type Entered, type SlackClient } from './client.js';
export { SlackConfig } from './config.js';
export { type LocalSlack, startLocalSlack } from './local-slack.js';
export { type SlackPatience, type StrictProxy, type StrictProxyOptions, startStrictProxy } from './proxy.js';
export { formBody, type Signed, signDelivery } from './signing.js';
export { waitUntil } from './wait.js';
