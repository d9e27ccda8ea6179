import type { Logger } from 'pino';
import type { Clock } from '../core/clock.js';
import type { FaultHook } from '../core/faults.js';
import type { TenantId } from '../core/tenant.js';
import type { InTurn } from '../core/turns.js';
import type { SealedKey } from '../credentials/index.js';
import type { PacketKeyring, ReceiptSigner } from '../packet/index.js';
import type { Alone } from './alone.js';
import type { DoerDatabase } from './database.js';
import type { Disk } from './disk.js';
import type { leaseBook } from './leases.js';
import type { Limits } from './limits.js';
import type { LogWatch } from './logged.js';
import type { Systems } from './systems.js';

/** All that the doer's verbs reach, built once by startDoer. */
export interface DoerContext {
  readonly tenant: TenantId;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly faults: FaultHook;
  readonly keyring: PacketKeyring;
  readonly receiptSigner: ReceiptSigner;
  /** Reads the file anew. Throws `limits_unreadable`. */
  readonly limits: () => Limits;
  readonly logWatch: LogWatch;
  readonly disk: Disk;
  readonly database: DoerDatabase;
  readonly systems: Systems;
  readonly leases: ReturnType<typeof leaseBook>;
  readonly alone: Alone;
  /** This doer's own: what it shows of break-glass accounts is kept under it until proved dead. */
  readonly sealedKey: SealedKey;
  /** One act at a time an account: of a showing and an end, or of two ends, the later one must see what the earlier one did. */
  readonly accountTurn: InTurn;
}
