import { expect, it } from 'vitest';
import { newRequestId } from '../../core/ids.js';
import { PrincipalId } from '../../core/tenant.js';
import type { ReviewDocument } from './document.js';
import { markdownOf } from './markdown.js';

const person = (name: string) => PrincipalId.parse(name);

const review: ReviewDocument = {
  type: 'security-incident',
  severity: 'critical',
  detected_at: '2026-01-05T10:00:00.000Z',
  description: 'Orders were stuck.',
  impact: 'No captions for 40 minutes.',
  remediation: 'One session was ended.',
  prevention: 'A timeout.',
  review: {
    number: 7,
    state: 'review_open',
    owner: person('dan'),
    due_by: '2026-01-12T10:00:00.000Z',
    signed_off: null,
  },
  use: {
    id: newRequestId(),
    number: 5,
    user: person('alice'),
    system: 'orders-db',
    account: 'break_glass_1',
    incident: 'INC-7',
    ground: { kind: 'self_declared' },
    self_declared: true,
    ended: null,
  },
  justification: { deadline: null, overdue_at: null, texts: [], in_place: null },
  left_behind: [{ change: 'added', line: 'TABLE shop.x', settled: null, claim: null }],
  timeline: [],
};

/** What a Markdown reader takes for ours: headings, items, tags. */
const ours = (document: ReviewDocument): number =>
  markdownOf(document)
    .split(/\r\n|[\n\r]/u)
    .filter((line) => /^\s*(?:#|[-*+] |\d+[.)] |<)/u.test(line)).length;

const FORGED = '\n\n## Signed off by dan\r- **owner**: mallory\r\n<h2>Signed off</h2>';

it.each<[string, Partial<ReviewDocument>]>([
  [
    'a name at the target',
    { left_behind: [{ change: 'added', line: `TABLE "${FORGED}"`, settled: null, claim: null }] },
  ],
  ['the words of a reviewer', { impact: FORGED }],
  ['a justification', { justification: { ...review.justification, texts: [{ at: 'now', text: FORGED }] } }],
  [
    'what others wrote in place of a user who is gone',
    {
      justification: {
        ...review.justification,
        in_place: { by: person('dan'), at: 'now', text: FORGED, confirmed: null },
      },
    },
  ],
  ['the name of the incident', { use: { ...review.use, incident: FORGED } }],
])('%s passes for no line of ours', (_what, over) => {
  expect(ours({ ...review, ...over })).toBe(ours(review));
});

it('rule 15: no tag, and no picture or link that hides where it leads', () => {
  const impact = '![x](https://evil.example/p.png) <img src=x> [the runbook](https://evil.example)';
  expect(markdownOf({ ...review, impact })).not.toMatch(/(?:^|[^\\])\[|<img/mu);
});

it('what others wrote in place of the user says whose words it is and who confirmed it, beside how late it is', () => {
  const text = markdownOf({
    ...review,
    justification: {
      ...review.justification,
      overdue_at: '2026-01-06T10:00:00.000Z',
      in_place: {
        by: person('dan'),
        at: '2026-01-07T10:00:00.000Z',
        text: 'She left; the log shows one session ended.',
        confirmed: { by: person('hana'), at: '2026-01-07T11:00:00.000Z' },
      },
    },
  });
  expect(text).toContain('Overdue since 2026-01-06T10:00:00.000Z.');
  expect(text).toContain('Written by dan in place of alice, 2026-01-07T10:00:00.000Z; confirmed by hana');
  expect(text).toContain('> She left; the log shows one session ended.');
});

it('the timeline gives each entry by its position, in words, with who did it', () => {
  const shown = {
    at: '2026-01-05T10:01:00.000Z',
    event: 'break-glass.credential_shown',
    what: 'credential shown',
  };
  const text = markdownOf({
    ...review,
    timeline: [
      { ...shown, seq: 17, by: { process: 'doer' } },
      { ...shown, seq: 19, event: 'break-glass.signed_off', what: 'review signed off', by: person('bob') },
      { ...shown, seq: 23, event: 'break-glass.review_read', what: 'review exported', by: null },
    ],
  });
  expect(text).toContain(
    `- 2026-01-05T10:01:00.000Z · entry 17 · credential shown · doer
- 2026-01-05T10:01:00.000Z · entry 19 · review signed off · bob
- 2026-01-05T10:01:00.000Z · entry 23 · review exported · somebody whose name is gone`,
  );
});
