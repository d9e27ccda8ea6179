import { ERASED } from '../entries.js';
import type { ReviewDocument } from './document.js';

/** A review to read and to file. What people and the target wrote is quoted, so that none of it can pass for ours. */
export function markdownOf(document: ReviewDocument): string {
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
    `- **user**: ${use.user}, with the account ${code(use.account)}`,
    `- **incident**: ${code(use.incident)}`,
    `- **owner**: ${review.owner}`,
    `- **signed off**: ${review.signed_off === null ? 'not yet' : `${review.signed_off.by}, ${review.signed_off.at}`}`,
    `- **ground**: ${use.ground.kind}${use.self_declared ? ' (self-declared)' : ''}`,
    '',
    ...texts,
    ...part('Justification', [
      ...(justification.overdue_at === null ? [] : [`Overdue since ${justification.overdue_at}.`, '']),
      ...justification.texts.flatMap(({ at, text }) => [`${at}`, '', ...quoted(text), '']),
      ...inPlace(document),
    ]),
    ...part(
      'What stayed behind at the target',
      leftBehind === null
        ? ['Not known yet.']
        : leftBehind.length === 0
          ? ['Nothing.']
          : leftBehind.map(
              ({ change, line, settled }) => `- ${change}: ${code(line)} (${settled?.verdict ?? 'open'})`,
            ),
    ),
    ...part(
      'Timeline',
      timeline.map(({ seq, at, what, by }) => `- ${at} · entry ${seq} · ${what} · ${whoIs(by)}`),
    ),
  ].join('\n');
}

/** As everywhere in the document: people by the ids that the organisation's files give them. */
function whoIs(by: ReviewDocument['timeline'][number]['by']): string {
  if (by === null) return ERASED;
  return typeof by === 'string' ? by : by.process;
}

/** Never to be taken for the user's own words. */
function inPlace({ use, justification: { in_place: standIn } }: ReviewDocument): string[] {
  if (standIn === null) return [];
  const { by, at, text, confirmed } = standIn;
  const agreed =
    confirmed === null ? 'nobody confirmed it yet' : `confirmed by ${confirmed.by}, ${confirmed.at}`;
  return [`Written by ${by} in place of ${use.user}, ${at}; ${agreed}`, '', ...quoted(text), ''];
}

/** On one line and between backticks: a role or a function may be named with a line break in it. */
const code = (text: string): string => `\`${text.replace(/[\p{Cc}\s]+/gu, ' ').replaceAll('`', "'")}\``;

/** People's words as a quote, line by line; without tags, pictures and links that hide where they lead. */
const quoted = (text: string): string[] =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('[', '\\[')
    .split(/\r\n|[\n\r]/u)
    .map((line) => `> ${line}`);
