import { message, section, context as smallPrint } from '../../blocks/index.js';
import type { LedgerReader, Names, Surface } from '../define.js';
import { whoDid } from '../entries.js';
import { when } from '../wording.js';
import type { Glass, Review } from './schemas.js';
import { asReview } from './stored.js';
import { readTimeline, type TimelineLine } from './timeline.js';

/** How it began, and the newest: a use whose rotation is tried for days has more than a message holds. */
const FIRST = 15;
const LAST = 35;
/** A line takes 250 characters at the most, a section 3,000. */
const LINES_PER_BLOCK = 10;

/** What of a request of the loop shows the ledger's own entries: the thread of its review. */
export async function fromLedger(log: LedgerReader, request: Glass, names: Names): Promise<Surface[]> {
  if (request.details.part !== 'review') return [];
  const review = asReview(request);
  return timelineSurfaces(review, await readTimeline(log, review), names);
}

/** Begins the thread of the card, and grows with the ledger; pure. */
export function timelineSurfaces(
  { number }: Review,
  timeline: readonly TimelineLine[],
  names: Names,
): Surface[] {
  const told = timeline.filter(({ isRoutine }) => !isRoutine);
  if (told.length === 0) return [];
  const cut = Math.max(0, told.length - FIRST - LAST);
  const lines = told.map(
    (line) => `• ${when(line.at)} · entry ${line.seq} · ${line.what} · ${whoDid(line, names)}`,
  );
  const left = cut > 0 ? [section(`_${cut} entries between are left out here._`)] : [];
  const title = `Timeline of review #${number}, from the ledger`;
  return [
    {
      name: 'thread:timeline',
      at: { channel: 'codex-hps' },
      under: 'card',
      ...message(`${title}: ${told.length} entries`, [
        section(`*${title}*`),
        ...sections(lines.slice(0, FIRST)),
        ...left,
        ...sections(lines.slice(FIRST + cut)),
        smallPrint(
          `Discuss the review in this thread. Every entry, routine ones too: \`/break-glass export ${number}\``,
        ),
      ]),
    },
  ];
}

const sections = (lines: readonly string[]) =>
  Array.from({ length: Math.ceil(lines.length / LINES_PER_BLOCK) }, (_, at) =>
    section(lines.slice(at * LINES_PER_BLOCK, (at + 1) * LINES_PER_BLOCK).join('\n')),
  );
