import type { LedgerReader } from '../define.js';
import { type Entry, readEntries } from '../entries.js';
import { EndReason, eventTypes, type GlassEventType, type Review } from './schemas.js';

/** An entry about a use, its justification or its review, in words; `seq` is its position in the ledger. */
export type TimelineLine = Pick<Entry, 'seq' | 'at' | 'type' | 'by'> & {
  what: string;
  /** Of how the loop runs, not of what happened: a thread does without it. */
  isRoutine: boolean;
};

/** What happened in a use and to its review, as far as it is sequenced by now. */
export async function readTimeline(log: LedgerReader, review: Review): Promise<TimelineLine[]> {
  const { id, parentId, details, createdAt } = review;
  if (parentId === null) throw new TypeError(`${id} reviews no use`);
  const requests = [parentId, details.justification, id];
  return (await readEntries(log, { requests, since: createdAt })).map(lineOf);
}

const ROUTINE: ReadonlySet<string> = new Set<GlassEventType>([
  'break-glass.waited',
  'break-glass.receipt_noted',
  'break-glass.review_read',
]);

export const lineOf = ({ seq, at, type, by, data }: Entry): TimelineLine => ({
  seq,
  at,
  type,
  by,
  what: wordsFor(type, data),
  isRoutine: ROUTINE.has(type),
});

function wordsFor(type: string, data: Entry['data']): string {
  const known = eventTypes.find((one) => one === type);
  if (known === undefined) return type;
  const words = WORDS[known];
  return typeof words === 'string' ? words : words(data);
}

/** Of what the entry itself says, and never of what a person wrote: nothing here needs quoting. */
const WORDS: Record<GlassEventType, string | ((data: Entry['data']) => string)> = {
  'break-glass.used': ({ selfDeclared }) =>
    selfDeclared === true ? 'break-glass opened, self-declared' : 'break-glass opened',
  'break-glass.use_refused': 'break-glass refused',
  'break-glass.justification_opened': 'justification opened',
  'break-glass.review_opened': 'review opened',
  'break-glass.alert_taken': ({ sink }) =>
    sink === 'slack' ? 'alert taken in Slack' : 'alert taken by the pager',
  'break-glass.waited': 'nothing to do yet',
  'break-glass.released': ({ selfDeclared }) =>
    selfDeclared === true ? 'check-out signed, self-declared' : 'check-out signed',
  'break-glass.checked_out': 'account open',
  'break-glass.failed': 'account not opened',
  'break-glass.credential_asked': 'credential asked for',
  'break-glass.credential_refused': 'credential refused',
  'break-glass.credential_shown': 'credential shown',
  'break-glass.end_asked': ({ reason }) => because('end', reason),
  'break-glass.end_refused': 'end refused',
  'break-glass.rotation_sent': ({ reason }) => because('rotation signed', reason),
  'break-glass.rotation_unproven': 'rotation not proved',
  'break-glass.rotated': 'sessions closed, credential proved dead',
  'break-glass.closed': 'justified and reviewed: closed',
  'break-glass.receipt_noted': 'receipt that changed nothing',
  'break-glass.reminded': 'reminded of the justification',
  'break-glass.justification_overdue': 'justification overdue',
  'break-glass.justified': ({ amendment, late }) => {
    if (amendment === true) return 'justification amended';
    return late === true ? 'justified, late' : 'justified';
  },
  'break-glass.justification_refused': 'justification refused',
  'break-glass.stand_in_written': 'recorded in place of the user',
  'break-glass.stand_in_confirmed': 'record in place of the user confirmed',
  'break-glass.review_edited': ({ what }) => EDITED.get(what) ?? 'review edited',
  'break-glass.review_refused': 'act on the review refused',
  'break-glass.review_overdue': 'review overdue',
  'break-glass.look_sent': 'look at what is called undone signed',
  'break-glass.look_unanswered': 'look at what is called undone not answered',
  'break-glass.looked': 'looked at what is called undone',
  'break-glass.review_read': 'review exported',
  'break-glass.signed_off': 'review signed off',
  'break-glass.contained': ({ what }) => (what === 'stop' ? 'user stopped' : 'system contained'),
  'break-glass.account_found_open': 'account found open though nobody had it',
};

const EDITED: ReadonlyMap<unknown, string> = new Map([
  ['record', 'record written'],
  ['owner', 'review taken'],
  ['differences', 'verdict on differences'],
]);

const because = (what: string, reason: unknown): string => {
  const known = EndReason.safeParse(reason);
  return known.success ? `${what}: ${known.data.replaceAll('_', ' ')}` : what;
};
