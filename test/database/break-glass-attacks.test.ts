import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACTIONS, MODALS } from '../../src/capabilities/break-glass/actions.js';
import { differencesModal } from '../../src/capabilities/break-glass/differences-modal.js';
import { end } from '../../src/capabilities/break-glass/end.js';
import { breakGlass } from '../../src/capabilities/break-glass/index.js';
import { recordSeal, sealOf } from '../../src/capabilities/break-glass/record.js';
import { editReview, settleLines, takeReview } from '../../src/capabilities/break-glass/review.js';
import { show } from '../../src/capabilities/break-glass/show.js';
import { statusText } from '../../src/capabilities/break-glass/status.js';
import { freezeBecause } from '../../src/capabilities/freeze/freeze-because.js';
import { namesOf } from '../../src/capabilities/names.js';
import type { PrincipalId, RequestId } from '../../src/core/tenant.js';
import { asking, codeOf, type Glass, HOUR, openGlass } from './break-glass-use.js';
import { person } from './gatekeeper.js';

const [alice, bob, cat, dan] = [person('alice'), person('bob'), person('cat'), person('dan')];
const DAY = 24 * HOUR;

let glass: Glass;

beforeEach(async () => {
  glass = await openGlass();
});
afterEach(() => glass.close());

const freezes = (who: PrincipalId) =>
  freezeBecause(glass.context, { person: who, because: { reason: 'frozen', by: person('ivo') } });
const shows = (id: RequestId, by: PrincipalId) =>
  show(glass.context, id, { ...asking(by), recipient: `age1${'q'.repeat(58)}` });

/** By alice, and its account is in again. */
const gaveBack = async (id: RequestId) => {
  await end(glass.context, id, asking(alice));
  await glass.proves(id);
};

describe('the words they type', () => {
  it.each(['', ' '])(
    'a fire described in a thousand flames%s opens the glass all the same',
    async (space) => {
      expect(
        codeOf(await glass.breaks(alice, { what: `${space}x${space}${'🔥'.repeat(990)}` })),
      ).toBeUndefined();
    },
  );

  it('rule 15: a secret in the name of the incident is refused and written down nowhere', async () => {
    const refused = await glass.breaks(alice, { incident: 'password=hunter2hunter2' });
    expect(codeOf(refused)).toBe('break-glass.what_holds_secret');
    expect(await glass.inLedger('break-glass.use_refused')).toBe(1);
    expect(await glass.inLedger('hunter2')).toBe(0);
  });

  it('control characters in the name of the incident are refused', async () => {
    await expect(glass.breaks(alice, { incident: 'INC\u0000-7' })).rejects.toThrow('one line');
  });
});

describe('owing', () => {
  it('who owes a justification is shown nothing of another use that was open before either', async () => {
    await gaveBack(await glass.opens(alice));
    glass.clock.advance(DAY - HOUR / 2);
    const second = await glass.opens(alice);
    expect((await glass.readUse(second)).state).toBe('open');
    glass.clock.advance(HOUR / 2 + 1);
    expect(codeOf(await shows(second, alice))).toBe('break-glass.justification_overdue');
  });
});

/** With one more person, like that one but for what is given. */
const openWith = (like: string, differing: { id: PrincipalId; active?: boolean }) =>
  openGlass((organisation) => ({
    ...organisation,
    people: [
      ...organisation.people
        .filter(({ id }) => id === like)
        .map((one) => ({
          ...one,
          ...differing,
          identities: { email: `${differing.id}@hookpilot.example` },
        })),
      ...organisation.people,
    ],
  }));

describe('who is told, and who keeps the review', () => {
  it('somebody who has left is neither told nor made its owner', async () => {
    const left = await openWith('dan', { id: person('aaron'), active: false });
    const id = await left.begins(alice);
    expect((await left.readUse(id)).details.alerted).toEqual([dan]);
    expect((await left.readReview(id)).details.owner).toBe(dan);
    await left.close();
  });

  it('somebody without an account in Slack keeps no review that they would never hear of', async () => {
    const away = await openWith('dan', { id: person('aaron') });
    const id = await away.begins(alice);
    expect((await away.readUse(id)).details.alerted).toEqual([dan, 'aaron']);
    expect((await away.readReview(id)).details.owner).toBe(dan);
    await away.close();
  });

  it('where nobody else of the role has an account in Slack, nobody would hear, so nothing opens', async () => {
    const deaf = await openGlass((organisation) => ({
      ...organisation,
      people: organisation.people.map((one) =>
        one.id === dan ? { ...one, identities: { email: 'dan@hookpilot.example' } } : one,
      ),
    }));
    expect(codeOf(await deaf.breaks(alice))).toBe('break-glass.nobody_to_alert');
    await deaf.close();
  });

  it('where the only other one of the role is frozen, nobody would hear, so nothing opens', async () => {
    await freezes(dan);
    expect(codeOf(await glass.breaks(alice))).toBe('break-glass.nobody_to_alert');
  });
});

describe('the view of those who watch', () => {
  it('shows nothing of others to who has no such role, or no power any more', async () => {
    const id = await glass.opens(alice);
    const { number } = await glass.readUse(id);
    const hana = person('hana');
    expect(await statusText(glass.context, hana)).toContain(`Break-glass #${number}`);
    expect(await statusText(glass.context, bob)).toContain('Nothing is open');
    await freezes(hana);
    expect(await statusText(glass.context, hana)).toContain('Nothing is open');
  });

  it('an owner who does not watch finds the review in their Home', async () => {
    const id = await glass.opens(alice);
    const { review } = (await glass.readUse(id)).details;
    expect((await takeReview(glass.context, review, asking(bob))).ok).toBe(true);
    const names = namesOf(glass.context.policy.organisation);
    const shown = JSON.stringify(await breakGlass.home?.(glass.context, bob, names));
    expect(shown).toContain(`Review #${(await glass.readReview(id)).number}`);
  });
});

describe('grounds that are gone', () => {
  it('an incident resolved before the account could be handed out is no ground any more', async () => {
    const id = await glass.begins(alice);
    await glass.alertArrives(id);
    const resolved = { ...glass.context, sources: { incidents: async () => [] } };
    glass.clock.advance(5 * 60_000);
    await glass.due(id, resolved);
    expect((await glass.readUse(id)).details).toMatchObject({ selfDeclared: true, minutes: 30 });
  });
});

describe('how bad it is', () => {
  it('their own word counts for a SEV-1 alone, at the desk and at the glass, and the form says so under Severity', async () => {
    const own = { ...glass.context, sources: {} };
    const form = breakGlass.slack.submissions.find(({ callbackId }) => callbackId === MODALS.use);
    const values = {
      system: 'orders-db',
      incident: 'INC-9',
      severity: 'sev-2',
      what: 'Orders are slow since noon.',
      confirmation: 'orders-db',
    };
    expect(
      await form?.run(own, { ...asking(alice), metadata: '', values, receivedAt: glass.clock.now() }),
    ).toEqual({
      show: 'errors',
      errors: { severity: expect.stringContaining('Declare a SEV-1') },
    });
    expect((await glass.breaks(alice, { within: own })).ok).toBe(true);

    const small = await glass.begins(bob, { severity: 'sev-2' });
    await glass.alertArrives(small);
    glass.clock.advance(5 * 60_000);
    await glass.due(small, own);
    expect(await glass.readUse(small)).toMatchObject({
      state: 'ending',
      details: { window: null, failure: expect.stringContaining('Declare a SEV-1') },
    });
  });

  it('what a source vouches for is none of their own words, however small they call it, and opens with no channel too', async () => {
    const id = await glass.begins(alice, { severity: 'sev-3' });
    glass.clock.advance(15_000);
    await glass.due(id);
    expect(await glass.readUse(id)).toMatchObject({ state: 'opening', details: { selfDeclared: true } });
  });
});

describe('guests', () => {
  it('somebody who is a guest in Slack breaks no glass; Slack being away keeps nobody from it', async () => {
    const guests = { ...glass.context, directory: { standing: async () => 'guest' as const } };
    expect(codeOf(await glass.breaks(alice, { within: guests }))).toBe('break-glass.not_human');
  });
});

describe('taking over, the other account being out', () => {
  beforeEach(async () => {
    await glass.close();
    glass = await openWith('alice', { id: person('pat') });
    await glass.begins(person('pat'));
  });

  it('of three who take the same account in turn the last one has it, and each use before is ended', async () => {
    const first = await glass.opens(alice);
    const second = await glass.begins(bob, { takeOver: first });
    const third = await glass.begins(cat, { takeOver: second });
    await glass.receives(second, { kind: 'rotate', outcome: 'rotated', evidence: { checkedOut: false } });
    await glass.alertArrives(third);
    await glass.due(third);
    expect((await glass.readUse(third)).details.window).toBeNull();
    await glass.proves(first);
    await glass.due(third);
    expect((await glass.readUse(third)).details.window).not.toBeNull();
    for (const id of [first, second]) expect((await glass.readUse(id)).state).toBe('rotated');
  });

  it('of two who take over the same use one gets its account, and the other hears so at once', async () => {
    const first = await glass.opens(alice);
    await end(glass.context, first, asking(alice));
    const both = [
      await glass.begins(bob, { takeOver: first }),
      await glass.begins(cat, { takeOver: first }),
    ] as const;
    await glass.proves(first);
    for (const id of both) await glass.alertArrives(id);
    for (const id of both) await glass.due(id);
    expect(await glass.readUse(both[0])).toMatchObject({ state: 'opening' });
    expect(await glass.readUse(both[1])).toMatchObject({
      state: 'ending',
      details: { end: { reason: 'never_opened' }, failure: expect.stringContaining('Somebody else') },
    });
  });
});

describe('what buttons open', () => {
  const presses = async (actionId: string, id: RequestId, by: PrincipalId) => {
    const button = breakGlass.slack.actions.find((one) => one.actionId === actionId);
    return button?.run(glass.context, { ...asking(by), value: `${id}:seal` });
  };

  it('the forms of a review open for who may submit them, never for its user or a stranger', async () => {
    const id = await glass.opens(alice);
    const { review } = (await glass.readUse(id)).details;
    for (const action of [ACTIONS.write, ACTIONS.differences]) {
      expect(await presses(action, review, dan)).toMatchObject({ show: 'modal' });
      for (const who of [alice, person('erin')])
        expect(await presses(action, review, who)).toMatchObject({ show: 'private' });
    }
  });

  it('the form of a justification opens for its user alone; each other try is in the ledger', async () => {
    const { justification } = (await glass.readUse(await glass.opens(alice))).details;
    expect(await presses(ACTIONS.justify, justification, bob)).toMatchObject({ show: 'private' });
    expect(await glass.inLedger('break-glass.not_yours_to_justify')).toBe(1);
    expect(await presses(ACTIONS.justify, justification, alice)).toMatchObject({ show: 'modal' });
  });

  it('Show Credential opens the form of what is owed in place of a credential', async () => {
    const owed = await glass.opens(alice);
    await gaveBack(owed);
    glass.clock.advance(DAY - HOUR / 2);
    const second = await glass.opens(alice);
    expect(await presses(ACTIONS.show, second, alice)).toMatchObject({ show: 'modal_later' });
    glass.clock.advance(HOUR / 2 + 1);
    const { justification } = (await glass.readUse(owed)).details;
    expect(await presses(ACTIONS.show, second, alice)).toMatchObject({
      show: 'modal',
      view: { callback_id: MODALS.justify, private_metadata: expect.stringContaining(justification) },
    });
  });
});

describe('the review is signed as it was read', () => {
  it('words changed after they were read are not signed off by an old button', async () => {
    const id = await glass.opens(alice);
    const { review } = (await glass.readUse(id)).details;
    await end(glass.context, id, asking(alice));
    await glass.proves(id);
    await glass.fills(id);
    const read = (await glass.readReview(id)).details;
    const changed = { ...read.record, impact: 'Nothing at all happened, really.' };
    const over = recordSeal(read.record);
    await editReview(glass.context, review, { ...asking(dan), record: changed, over });
    const late = { ...read.record, remediation: 'What somebody wrote beside it, unseen.' };
    expect(codeOf(await editReview(glass.context, review, { ...asking(cat), record: late, over }))).toBe(
      'break-glass.edited_meanwhile',
    );
    expect((await glass.readReview(id)).details.record).toEqual(changed);
    expect(codeOf(await glass.signs(review, cat, sealOf(read)))).toBe('break-glass.review_changed');
    expect((await glass.signs(review, cat)).ok).toBe(true);
  });

  it('the user settles nothing, not even through a review they were let into before', async () => {
    const id = await glass.opens(bob);
    const { review } = (await glass.readUse(id)).details;
    await end(glass.context, id, asking(bob));
    await glass.proves(id, ['orders: FUNCTION shop.trap() OWNER break_glass_1']);
    const verdicts = new Map([[0, 'accepted' as const]]);
    expect(codeOf(await settleLines(glass.context, review, { ...asking(bob), verdicts }))).toBe(
      'break-glass.user_reviews',
    );
  });

  it('a thousand lines are settled page by page, many at once only where they are shown', async () => {
    const id = await glass.opens(bob);
    const { review } = (await glass.readUse(id)).details;
    await end(glass.context, id, asking(bob));
    await glass.proves(
      id,
      Array.from({ length: 1_000 }, (_, index) => `orders: FUNCTION shop.a${index}() OWNER glass_1`),
    );
    const openLines = async () =>
      (await glass.readReview(id)).details.drift?.filter(({ settled }) => settled === null).length;
    const form = breakGlass.slack.submissions.find(({ callbackId }) => callbackId === MODALS.differences);
    const pageOf = (view: unknown) =>
      [...JSON.stringify(view).matchAll(/"block_id":"(line-\d+)"/g)].map(([, line]) => line ?? '');
    const submit = (lines: string[], others: string | null) =>
      form?.run(glass.context, {
        ...asking(dan),
        metadata: `${review}:seal`,
        receivedAt: glass.clock.now(),
        values: { ...Object.fromEntries(lines.map((line) => [line, null])), others },
      });

    const first = pageOf(differencesModal(await glass.readReview(id)));
    expect(first).toHaveLength(90);
    const second = await submit(first, null);
    expect(second).toMatchObject({ show: 'modal' });
    expect(await openLines()).toBe(1_000);

    let page = pageOf(second);
    expect(page[0]).toBe('line-90');
    for (let left = 1_000; page.length > 0; ) {
      left -= page.length;
      const next = await submit(page, 'accepted');
      expect(await openLines()).toBe(left);
      page = pageOf(next);
    }
    expect(await openLines()).toBe(90);
    expect(await submit(first, 'accepted')).toEqual({ show: 'nothing' });
    expect(await openLines()).toBe(0);
  });
});
