import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { breakGlass } from '../../src/capabilities/break-glass/index.js';
import { statusText } from '../../src/capabilities/break-glass/status.js';
import type { HomeItem } from '../../src/capabilities/index.js';
import { namesOf } from '../../src/capabilities/names.js';
import type { PrincipalId } from '../../src/core/tenant.js';
import { type Glass, HOUR, openGlass } from './break-glass-use.js';
import { person } from './gatekeeper.js';

const [alice, bob, hana] = [person('alice'), person('bob'), person('hana')];
const SHOW = 'break-glass.show_credential';
const END = 'break-glass.end_now';

let glass: Glass;
beforeEach(async () => {
  glass = await openGlass();
});
afterEach(() => glass.close());

/** What stands in each section of somebody's Home. */
async function homeOf(who: PrincipalId): Promise<Record<HomeItem['section'], string>> {
  const items =
    (await breakGlass.home?.(glass.context, who, namesOf(glass.context.policy.organisation))) ?? [];
  const under = (section: HomeItem['section']) =>
    JSON.stringify(items.filter((item) => item.section === section).flatMap(({ blocks }) => blocks));
  return { waiting: under('waiting'), access: under('access'), history: under('history') };
}

/** An end in the reader's time with what is left of it. */
const countdown = (at: Date): string => `<!date^${at.getTime() / 1000}^{date_short_pretty} {time} ({ago})|`;
const inHours = (hours: number): Date => new Date(glass.clock.now().getTime() + hours * HOUR);

describe('an open use in App Homes', () => {
  it('counts down for its user among their access, with both buttons, and what they owe waits for them', async () => {
    await glass.opens(alice);
    const { access, waiting } = await homeOf(alice);
    expect(access).toContain(`open until ${countdown(inHours(1))}`);
    expect(access).toContain('*Orders database*');
    expect(access).toContain(SHOW);
    expect(access).toContain(END);
    expect(waiting).toContain(`due ${countdown(inHours(24))}`);
    expect(waiting).toContain('break-glass.write_justification');
  });

  it('counts down for those who watch too, who can end it and are shown no credential', async () => {
    const { number } = await glass.readUse(await glass.opens(alice));
    const { access, waiting } = await homeOf(hana);
    expect(access).toBe('[]');
    expect(waiting).toContain(`Break-glass #${number}`);
    expect(waiting).toContain('<@U01ALICE>');
    expect(waiting).toContain(`open until ${countdown(inHours(1))}`);
    expect(waiting).toContain(END);
    expect(waiting).not.toContain(SHOW);
  });

  it('is nothing to whoever neither has it nor watches', async () => {
    await glass.opens(alice);
    expect(await homeOf(bob)).toEqual({ waiting: '[]', access: '[]', history: '[]' });
  });
});

describe('what went wrong stands in the Home of security until it is settled', () => {
  it('a rotation that nothing proves', async () => {
    const id = await glass.opens(alice);
    glass.clock.advance(HOUR);
    await glass.due(id);
    expect((await homeOf(hana)).waiting).toContain('ending: sessions are being closed');
    await glass.receives(id, { kind: 'rotate', outcome: 'unproven' });
    expect((await homeOf(hana)).waiting).toContain('*rotation not proved*: the credential may still work');
    expect((await homeOf(hana)).waiting).not.toContain(END);
    await glass.proves(id);
    expect((await homeOf(hana)).waiting).not.toContain('Break-glass #');
  });

  it('a justification and a review that are overdue, since when and whose', async () => {
    const id = await glass.opens(alice);
    const { details } = await glass.readUse(id);
    const owed = inHours(24);
    glass.clock.advance(24 * HOUR + 1_000);
    for (let tries = 0; tries < 4; tries += 1) await glass.due(details.justification);
    const { dueBy } = (await glass.readReview(id)).details;
    glass.clock.advance(7 * 24 * HOUR);
    await glass.due(details.review);
    const { waiting } = await homeOf(hana);
    expect(waiting).toContain(`*overdue* since ${countdown(owed)}`);
    expect(waiting).toContain(`*overdue* since ${countdown(new Date(dueBy))}`);
    expect(waiting).toContain('by <@U01ALICE>');
    expect(waiting).not.toContain('break-glass.write_justification');
  });
});

it('/break-glass status and the alerts name people and systems as people do, never by id or state', async () => {
  const id = await glass.opens(alice);
  const { details } = await glass.readUse(id);
  glass.clock.advance(24 * HOUR + 1_000);
  await glass.due(details.justification);
  const status = await statusText(glass.context, hana);
  expect(status).toContain('<@U01ALICE>');
  expect(status).toContain('*Orders database*');
  expect(status).not.toMatch(/orders-db|\balice\b|_due|_open/u);
  const texts = (await glass.effects('alert')).flatMap((effect) =>
    effect.kind === 'alert' ? [effect.text] : [],
  );
  // One to each sink.
  expect([...new Set(texts)]).toEqual([
    expect.stringMatching(
      /^Alice Andersson opened break-glass on Orders database \(break_glass_1\) for PINC7/u,
    ),
    expect.stringMatching(/^break_glass_1 on Orders database is open for Alice Andersson until /u),
    expect.stringMatching(/on Orders database is being shown to Alice Andersson/u),
    expect.stringMatching(/^Alice Andersson has not justified the break-glass use on Orders database/u),
  ]);
});
