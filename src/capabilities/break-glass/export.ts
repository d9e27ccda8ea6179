import { readRequestEvents } from '../../ledger/index.js';
import type { DocumentFormat, VerbContext } from '../define.js';
import type { Review } from './schemas.js';
import { asJustification, asReview, asUse, list, readGlass } from './stored.js';

/** A review as the incident record it is, with its use, its justification and a timeline out of the ledger. */
export async function exportReview(
  context: VerbContext,
  number: number,
  format: DocumentFormat,
): Promise<string | null> {
  const review = await findReview(context, number);
  return review === null ? null : writeReview(context, review, format);
}

export async function findReview(context: VerbContext, number: number): Promise<Review | null> {
  const [found] = await list(context, { before: number + 1, take: 1 });
  return found?.number === number && found.details.part === 'review' ? asReview(found) : null;
}

export async function writeReview(
  context: VerbContext,
  review: Review,
  format: DocumentFormat,
): Promise<string> {
  const document = await documentOf(context, review);
  return format === 'json' ? `${JSON.stringify(document, null, 2)}\n` : markdownOf(document);
}

async function documentOf(context: VerbContext, review: Review) {
  if (review.parentId === null) throw new TypeError(`${review.id} reviews no use`);
  const use = asUse(await readGlass(context, review.parentId));
  const justification = asJustification(await readGlass(context, use.details.justification));
  const events = await Promise.all(
    [use.id, review.id, justification.id].map((id) =>
      readRequestEvents(context.store.pool, context.tenant, id),
    ),
  );
  const { severity, detectedAt, description, impact, remediation, prevention } = review.details.record;
  return {
    type: 'security-incident',
    severity,
    detected_at: detectedAt,
    description,
    impact,
    remediation,
    prevention,
    review: {
      number: review.number,
      state: review.state,
      owner: review.details.owner,
      due_by: review.details.dueBy,
      signed_off: review.details.signedOff,
    },
    use: {
      number: use.number,
      user: use.requester,
      system: use.details.system,
      account: use.details.account,
      incident: use.details.incident,
      ground: use.details.basis,
      self_declared: use.details.selfDeclared,
      ended: use.details.end,
    },
    justification: {
      deadline: justification.details.deadline,
      overdue_at: justification.details.overdueAt,
      texts: justification.details.texts,
    },
    left_behind: review.details.drift,
    timeline: events
      .flat()
      .toSorted((one, other) => one.seq - other.seq)
      .map(({ seq, at, type }) => ({ seq, at, event: type })),
  };
}

type ReviewDocument = Awaited<ReturnType<typeof documentOf>>;

function markdownOf(document: ReviewDocument): string {
  const { review, use, justification, left_behind: leftBehind, timeline } = document;
  const part = (title: string, lines: readonly string[]) => [`## ${title}`, '', ...lines, ''];
  const fields = (['type', 'severity', 'detected_at'] as const).map(
    (name) => `- **${name}**: ${document[name]}`,
  );
  const texts = (['description', 'impact', 'remediation', 'prevention'] as const).flatMap((name) =>
    part(name, quoted(document[name])),
  );
  return [
    `# Post-incident review ${review.number}: break-glass on ${use.system}`,
    '',
    ...fields,
    `- **user**: ${use.user}`,
    `- **owner**: ${review.owner}`,
    `- **signed off**: ${review.signed_off === null ? 'not yet' : `${review.signed_off.by}, ${review.signed_off.at}`}`,
    `- **ground**: ${use.ground.kind}${use.self_declared ? ' (self-declared)' : ''}`,
    '',
    ...texts,
    ...part(
      'Justification',
      justification.texts.flatMap(({ at, text }) => [`${at}`, '', ...quoted(text), '']),
    ),
    ...part(
      'What stayed behind at the target',
      leftBehind === null
        ? ['Not known yet.']
        : leftBehind.length === 0
          ? ['Nothing.']
          : leftBehind.map(
              ({ change, line, settled }) =>
                `- ${change}: \`${line.replaceAll('`', "'")}\` (${settled?.verdict ?? 'open'})`,
            ),
    ),
    ...part(
      'Timeline',
      timeline.map(({ seq, at, event }) => `- ${at} · ${event} · entry ${seq}`),
    ),
  ].join('\n');
}

/** People's words as a quote, line by line, so that none can pass for a heading of ours. */
const quoted = (text: string): string[] => text.split(/\r\n|[\n\r]/u).map((line) => `> ${line}`);
