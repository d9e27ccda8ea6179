import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { validatePayload } from '../../blocks/index.js';
import { systemClock as clock } from '../../core/clock.js';
import { PrincipalId } from '../../core/tenant.js';
import { loadPolicy, type Policy, readPolicyFiles } from '../../policy/index.js';
import { draftOfValues, fieldOf, readAsk } from './ask-form.js';
import { askModal, NEW_FORM } from './ask-modal.js';
import { draftFrom, draftFromMessage } from './draft.js';

const alice = PrincipalId.parse('alice');
const DEPLOY = 'orders-db/migrate-orders';
let policy: Policy;

/** The example organisation, in which migrating the schema deploys a commit. */
beforeAll(async () => {
  const shipped = await loadPolicy(
    readPolicyFiles(
      resolve(import.meta.dirname, '../../../policies'),
      new Set(['postgres', 'okta', 'github']),
    ),
  );
  const { organisation } = shipped;
  const deploying = {
    ...organisation,
    systems: organisation.systems.map((system) => ({
      ...system,
      scopes: system.scopes.map((scope) =>
        `${system.id}/${scope.id}` === DEPLOY
          ? {
              ...scope,
              change: { repository: 'hookpilot/shop', environment: 'production', deployedBy: 'ci[bot]' },
            }
          : scope,
      ),
    })),
  };
  policy = { ...shipped, organisation: deploying };
});

describe('the words of /elevate', () => {
  it.each([
    ['orders-db migrate-orders hookpilot/shop@main 30m ship it', 'hookpilot/shop@main', 'ship it'],
    ['orders-db migrate-orders 30m hookpilot/shop@v1.2 ship it', 'hookpilot/shop@v1.2', 'ship it'],
    ['orders-db migrate-orders 30m ship it', '', 'ship it'],
  ])('%s: what is deployed is told from the reason', (text, change, reason) => {
    expect(draftFrom({ policy, clock }, alice, text)).toMatchObject({
      target: DEPLOY,
      durationMinutes: 30,
      change,
      reason,
      unclear: null,
    });
  });

  it('where nothing is deployed such a word stays in the reason', () => {
    expect(
      draftFrom({ policy, clock }, alice, 'orders-db read-orders 30m see hookpilot/shop@main'),
    ).toMatchObject({
      change: '',
      reason: 'see hookpilot/shop@main',
    });
  });

  it('a message names it anywhere', () => {
    const draft = draftFromMessage(
      { policy, clock },
      alice,
      'Deploy hookpilot/shop@main with migrate-orders, 30m?',
    );
    expect(draft).toMatchObject({ target: DEPLOY, change: 'hookpilot/shop@main' });
  });
});

describe('the form', () => {
  const form = (text: string, more = false) =>
    askModal({ policy, clock }, alice, draftFrom({ policy, clock }, alice, text), { ...NEW_FORM, more });
  const inputsOf = (view: ReturnType<typeof form>) =>
    view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id);

  it('asks what is deployed where the scope deploys something, and nowhere else', () => {
    expect(inputsOf(form('orders-db migrate-orders 30m ship it'))).toContain('change');
    expect(inputsOf(form('orders-db read-orders 30m look'))).not.toContain('change');
  });

  it('hears of another choice at once, and keeps to the limits of Slack', () => {
    for (const text of ['', 'orders-db migrate-orders 30m', 'orders-db read-orders 30m'])
      for (const more of [false, true]) {
        const view = form(text, more);
        expect(view.blocks.find((block) => block.block_id === 'target')).toMatchObject({
          dispatch_action: true,
        });
        expect(validatePayload({ view })).toEqual([]);
      }
  });

  it('gives back what was typed, and puts a refusal under it', () => {
    const values = { target: DEPLOY, duration: '30', reason: 'ship it now', change: 'hookpilot/shop@main' };
    const read = readAsk(draftOfValues({ policy, clock }, values), []);
    expect(read).toMatchObject({ ok: true, asked: { change: 'hookpilot/shop@main' } });
    expect(fieldOf(values)('elevation.change_unresolved')).toBe('change');
  });
});
