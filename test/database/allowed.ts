import { createHash } from 'node:crypto';
import type { Login } from '../../scripts/lib/database-roles.js';
import type { Rights } from './privileges.js';

export type Allowed = Readonly<Record<string, Readonly<Partial<Record<Login, Rights>>>>>;

const read = ['SELECT'];
const gatekeepersRead = { cs_app: read, cs_worker: read };

/** Everything each role may do to each relation. What is not here is refused, and a relation without a line fails. */
export const allowedRelations: Allowed = {
  'gate.tenant': gatekeepersRead,
  'gate.request': gatekeepersRead,
  'gate.vote': gatekeepersRead,
  'gate.handle': gatekeepersRead,
  'gate.receipt': gatekeepersRead,
  'gate.input_seen': gatekeepersRead,
  'gate.policy_apply': gatekeepersRead,
  'gate.auditor_token': { cs_app: ['SELECT(tenant, digest, label, expires_at, revoked_at)'] },
  'gate.outbox': { cs_app: read, cs_worker: ['SELECT', 'UPDATE(attempts, not_before)', 'DELETE'] },
  'gate.outbox_id_seq': {},
  'gate.outage': { cs_app: read, cs_worker: ['SELECT', 'INSERT', 'UPDATE(ended_at)'] },
  'gate.packet': { cs_app: read, cs_worker: ['SELECT', 'INSERT'], cs_doer: read },
  'gate.projection': { cs_app: read, cs_worker: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] },
  'gate.receipt_inbox': { cs_worker: ['SELECT', 'DELETE'], cs_doer: ['INSERT(tenant, packet_id, receipt)'] },
  'gate.receipt_inbox_id_seq': { cs_doer: ['NEXTVAL'] },

  'ledger.ledger_entry': { ...gatekeepersRead, cs_sequencer: ['SELECT', 'INSERT'] },
  'ledger.ledger_sequenced': { ...gatekeepersRead, cs_sequencer: ['SELECT', 'INSERT'] },
  'ledger.ledger_signing': { ...gatekeepersRead, cs_sequencer: ['SELECT', 'INSERT'] },
  'ledger.ledger_tile': { ...gatekeepersRead, cs_sequencer: ['SELECT', 'INSERT'] },
  'ledger.ledger_checkpoint': { ...gatekeepersRead, cs_sequencer: ['SELECT', 'INSERT'] },
  'ledger.ledger_head': {
    ...gatekeepersRead,
    cs_sequencer: ['SELECT', 'UPDATE(size, last_leaf, edge, time_micros, epoch)'],
  },
  'ledger.ledger_range': { ...gatekeepersRead, cs_sequencer: read },
  'ledger.ledger_inbox': { cs_worker: ['SELECT(tenant)'], cs_sequencer: ['SELECT', 'DELETE'] },
  'ledger.ledger_inbox_id_seq': {},
  'ledger.ledger_pseudonym': gatekeepersRead,
  'ledger.ledger_personal': gatekeepersRead,
  'ledger.ledger_policy_input': gatekeepersRead,
  'ledger.ledger_cosignature': { cs_app: read, cs_worker: ['SELECT', 'INSERT'], cs_sequencer: read },
  'ledger.ledger_anchor': { cs_app: read, cs_worker: ['SELECT', 'INSERT', 'UPDATE'], cs_sequencer: read },
  'ledger.ledger_hold': {},

  'doer.packet': { cs_doer: ['SELECT', 'INSERT', 'UPDATE'] },
  'doer.grant_record': { cs_doer: ['SELECT', 'INSERT', 'UPDATE'] },
  'doer.glass_record': { cs_doer: ['SELECT', 'INSERT', 'UPDATE'] },
  'doer.tombstone': { cs_doer: ['SELECT', 'INSERT'] },
  'doer.showing': { cs_doer: ['SELECT', 'INSERT', 'UPDATE'] },

  ...queueRelations('bull', ['cs_worker'], ['due']),
  ...queueRelations('bull_doer', ['cs_worker', 'cs_doer'], ['doer']),
  'public._prisma_migrations': {},
};

/** Who may execute which functions of ours; `*` is all of a schema. Everything else is refused. */
export const allowedFunctions: Readonly<Record<Login, readonly string[]>> = {
  cs_app: ['gate.adopt_copy', 'gate.commit', 'gate.open_home', 'gate.see_input', 'ledger.pseudonym'],
  cs_worker: [
    'gate.commit',
    'gate.concerning',
    'gate.erasure_waits_for',
    'ledger.pseudonym',
    'bull.*',
    'bull_doer.*',
  ],
  cs_sequencer: ['ledger.open_log', 'ledger.open_range'],
  cs_doer: ['bull_doer.*'],
};

/** BullMQ 6.7's tables. Its users may do all it does itself: a wake-up is no authority (rule 14). */
function queueRelations(schema: string, users: readonly Login[], queues: readonly string[]): Allowed {
  const each = (rights: Rights) => Object.fromEntries(users.map((user) => [user, rights]));
  const tables =
    'dedup dedup_next event job job_dependency job_log meta metrics rate_limit relay_inbox relay_node';
  const more = 'relay_retained relay_subscription scheduler';
  const sequences = [
    'event_seq',
    'job_seq',
    'relay_inbox_id_seq',
    'relay_mid_seq',
    ...queues.map(jobIdSequence),
  ];
  return Object.fromEntries([
    ...`${tables} ${more}`
      .split(' ')
      .map((name) => [`${schema}.${name}`, each(['SELECT', 'INSERT', 'UPDATE', 'DELETE'])]),
    ...sequences.map((name) => [`${schema}.${name}`, each(['NEXTVAL'])]),
    [`${schema}.migration`, each(['SELECT'])],
  ]);
}

function jobIdSequence(queue: string): string {
  return `bullmq_jid_${createHash('md5').update(queue).digest('hex')}`;
}
