export type { QueuePlace } from './backend.js';
export { type JobData, type JobName, type QueueSchema, queueSchemas } from './catalogue.js';
export { openQueue, type QueueOptions, type WakeQueue } from './queue.js';
