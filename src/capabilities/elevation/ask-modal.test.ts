import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { validatePayload } from '../../blocks/index.js';
import { systemClock as clock } from '../../core/clock.js';
import { PrincipalId, RequestId } from '../../core/tenant.js';
import { loadPolicy, type Policy, readPolicyFiles } from '../../policy/index.js';
import { missingSubject } from './ask-form.js';
import { askModal, NEW_FORM } from './ask-modal.js';
import { draftFrom } from './draft.js';

let policy: Policy;

/** The example organisation, in which every second scope deploys something too. */
beforeAll(async () => {
  const shipped = await loadPolicy(
    readPolicyFiles(
      resolve(import.meta.dirname, '../../../policies'),
      new Set(['postgres', 'okta', 'github']),
    ),
  );
  const { organisation } = shipped;
  const systems = organisation.systems.map((system) => ({
    ...system,
    scopes: system.scopes.flatMap((scope) => [
      scope,
      {
        ...scope,
        id: `deploy-${scope.id}`,
        change: { repository: 'hookpilot/shop', environment: 'production', deployedBy: 'ci[bot]' },
      },
    ]),
  }));
  const deploying = { ...organisation, systems };
  policy = { ...shipped, organisation: deploying };
});

const inputsOf = ({ blocks }: ReturnType<typeof askModal>) =>
  blocks.filter((block) => block.type === 'input').map((block) => block.block_id);

/** Who may ask for most, and who for less, with every scope of every system, for themselves and for somebody else. */
const everyForm = () => {
  const { systems } = policy.organisation;
  return ['alice', 'erin']
    .map((id) => PrincipalId.parse(id))
    .flatMap((by) =>
      systems
        .flatMap((system) => system.scopes.map((scope) => `${system.id} ${scope.id} 30m INC-1 stuck`))
        .flatMap((text) => [text, `for erin ${text}`, `for alice ${text}`])
        .map((text) => ({ by, draft: draftFrom({ policy, clock }, by, text) })),
    );
};

describe('the request form', () => {
  it('has six inputs at the most, whoever asks for whatever, with everything filled in and shown too', {
    timeout: 60_000,
  }, () => {
    const startAt = new Date('2026-12-01T10:00:00Z');
    const counts = everyForm().flatMap(({ by, draft }) => [
      inputsOf(askModal({ policy, clock }, by, draft)).length,
      inputsOf(askModal({ policy, clock }, by, { ...draft, startAt }, { ...NEW_FORM, more: true })).length,
    ]);
    expect(Math.max(...counts)).toBe(6);
  });

  it('shows every field once More Options is pressed; of a deployment one, and how to have the other', () => {
    for (const { by, draft } of everyForm().filter((form) => form.by === 'alice' && form.draft.target)) {
      const view = askModal({ policy, clock }, by, draft, { ...NEW_FORM, more: true });
      expect(validatePayload({ view })).toEqual([]);
      const inputs = inputsOf(view);
      if (!inputs.includes('change')) expect(inputs).toEqual(expect.arrayContaining(['start', 'subject']));
      else if (draft.subject !== null) expect(inputs).toContain('subject');
      else expect(inputs).toContain('start');
      const said = JSON.stringify(view.blocks);
      expect(said.includes('press *Edit*')).toBe(inputs.includes('change') && draft.subject !== null);
      expect(said.includes('/elevate for')).toBe(inputs.includes('change') && draft.subject === null);
    }
  });

  it('never drops for whom it is asked, also where something is deployed', () => {
    const alice = PrincipalId.parse('alice');
    const draft = draftFrom({ policy, clock }, alice, 'for erin orders-db deploy-read-orders 30m ship it');
    expect(inputsOf(askModal({ policy, clock }, alice, draft))).toEqual([
      'target',
      'change',
      'duration',
      'reason',
      'ticket',
      'subject',
    ]);
  });

  it('edits with six inputs, the start among them and the person not', () => {
    const alice = PrincipalId.parse('alice');
    const draft = draftFrom({ policy, clock }, alice, 'orders-db deploy-read-orders 30m ship it');
    const form = { ...NEW_FORM, edits: RequestId.parse(`r_${'a'.repeat(20)}`) };
    expect(inputsOf(askModal({ policy, clock }, alice, draft, form))).toHaveLength(6);
  });

  it('wants the person where the text was for somebody nobody knows, and is not sent for oneself', () => {
    const alice = PrincipalId.parse('alice');
    const draft = draftFrom({ policy, clock }, alice, 'for nobody orders-db read-orders 30m it is stuck');
    const form = { ...NEW_FORM, opens: [...draft.opens] };
    const subject = askModal({ policy, clock }, alice, draft, form).blocks.find(
      (block) => block.block_id === 'subject',
    );
    expect(subject).toMatchObject({ type: 'input', optional: false });
    expect(missingSubject(form, { subject: null })).toHaveProperty('subject');
    expect(missingSubject(form, {})).toHaveProperty('target');
    expect(missingSubject(form, { subject: 'cat' })).toEqual({});
    expect(missingSubject(NEW_FORM, { subject: null })).toEqual({});
  });

  it('shows when it begins, of a deployment too, where the text named a time', () => {
    const alice = PrincipalId.parse('alice');
    for (const scope of ['read-orders', 'deploy-read-orders']) {
      const draft = draftFrom({ policy, clock }, alice, `orders-db ${scope} tomorrow 09:00 30m it is stuck`);
      const form = { ...NEW_FORM, opens: [...draft.opens] };
      expect(inputsOf(askModal({ policy, clock }, alice, draft, form))).toContain('start');
    }
  });

  it('lists for somebody else only who may have it, and for them only what they may have', () => {
    const erin = PrincipalId.parse('erin');
    const draft = draftFrom({ policy, clock }, erin, 'for alice orders-db write-orders 30m a wrong row');
    const shown = JSON.stringify(askModal({ policy, clock }, erin, draft).blocks);
    expect(draft).toMatchObject({ subject: 'alice', target: 'orders-db/write-orders', unclear: null });
    expect(shown).toContain('Alice Andersson');
    const own = draftFrom(
      { policy, clock },
      PrincipalId.parse('alice'),
      'orders-db write-orders 30m a wrong row',
    );
    const people = askModal({ policy, clock }, PrincipalId.parse('alice'), own, { ...NEW_FORM, more: true });
    expect(JSON.stringify(people.blocks)).toContain('Cat Chen');
    expect(JSON.stringify(people.blocks)).not.toContain('Erin Eriksen');
  });
});
