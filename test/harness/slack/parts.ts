import type { SlackConfig } from './config.js';
import type { Delivery } from './delivery/delivery.js';
import type { Faults } from './faults.js';
import type { Feed } from './feed.js';
import type { Journal } from './journal.js';
import type { Mirror } from './mirror.js';
import type { ResponseUrls } from './response-urls.js';
import type { Triggers } from './triggers.js';
import type { Views } from './views.js';
import type { Violations } from './violations.js';

/** What the rooms of the proxy share. */
export type Parts = {
  config: SlackConfig;
  /** Accounts an administrator has deactivated: the stand-in knows no leavers. */
  deactivated: Set<string>;
  /** Where the proxy itself is reached, e.g. `http://127.0.0.1:3001`. */
  origin: string;
  /** Where the stand-in is reached. */
  target: string;
  delivery: Delivery;
  faults: Faults;
  feed: Feed;
  journal: Journal;
  mirror: Mirror;
  responseUrls: ResponseUrls;
  triggers: Triggers;
  views: Views;
  violations: Violations;
};
