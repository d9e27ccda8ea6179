import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { validatePayload } from '../../blocks/index.js';
import { PrincipalId, RequestId } from '../../core/tenant.js';
import { loadPolicy, type Policy, readPolicyFiles } from '../../policy/index.js';
import { askModal, NEW_FORM } from './ask-modal.js';
import { draftFrom } from './draft.js';

let policy: Policy;

/** The example organisation, in which every second scope deploys something too. */
beforeAll(async () => {
  const { organisation, ...files } = readPolicyFiles(
    resolve(import.meta.dirname, '../../../policies'),
    new Set(['postgres', 'okta', 'github']),
  );
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
  policy = await loadPolicy({ ...files, organisation: { ...organisation, systems }, onFault: () => {} });
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
        .map((text) => ({ by, draft: draftFrom({ policy }, by, text) })),
    );
};

describe('the request form', () => {
  it('has six inputs at the most, whoever asks for whatever, with everything filled in and shown too', {
    timeout: 60_000,
  }, () => {
    const startAt = new Date('2026-12-01T10:00:00Z');
    const counts = everyForm().flatMap(({ by, draft }) => [
      inputsOf(askModal({ policy }, by, draft)).length,
      inputsOf(askModal({ policy }, by, { ...draft, startAt }, { ...NEW_FORM, more: true })).length,
    ]);
    expect(Math.max(...counts)).toBe(6);
  });

  it('shows every field once More Options is pressed; of a deployment one, and how to have the other', () => {
    for (const { by, draft } of everyForm().filter((form) => form.by === 'alice' && form.draft.target)) {
      const view = askModal({ policy }, by, draft, { ...NEW_FORM, more: true });
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
    const draft = draftFrom({ policy }, alice, 'for erin orders-db deploy-read-orders 30m ship it');
    expect(inputsOf(askModal({ policy }, alice, draft))).toEqual([
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
    const draft = draftFrom({ policy }, alice, 'orders-db deploy-read-orders 30m ship it');
    const form = { ...NEW_FORM, edits: RequestId.parse(`r_${'a'.repeat(20)}`) };
    expect(inputsOf(askModal({ policy }, alice, draft, form))).toHaveLength(6);
  });
});
