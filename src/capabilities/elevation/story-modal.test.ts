import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { modal, validatePayload } from '../../blocks/index.js';
import { newEventId, newRequestId } from '../../core/ids.js';
import { PrincipalId, TenantId } from '../../core/tenant.js';
import { loadPolicy, readPolicyFiles } from '../../policy/index.js';
import { sample } from './sample.js';
import type { Elevation } from './schemas.js';
import { storyBlocks } from './story-modal.js';

const at = new Date('2026-01-05T10:00:00.000Z');
const alice = PrincipalId.parse('alice');

const request: Elevation = {
  tenant: TenantId.parse('T1'),
  id: newRequestId(),
  number: 7,
  capability: 'elevation',
  state: 'ended',
  version: 9,
  parentId: null,
  requester: alice,
  subject: alice,
  details: sample('ended'),
  dueAt: null,
  createdAt: at,
  updatedAt: at,
  votes: [
    {
      id: newEventId(),
      principal: PrincipalId.parse('bob'),
      verdict: 'approve',
      seal: 'a'.repeat(64),
      reason: '<!channel> fine',
      proof: null,
      castAt: at,
    },
  ],
};

it.each([0, 12, 5_000])(
  "a story of %i entries names rules, votes and positions within Slack's limits",
  async (count) => {
    const policy = await loadPolicy(
      readPolicyFiles(
        resolve(import.meta.dirname, '../../../policies'),
        new Set(['postgres', 'okta', 'github']),
      ),
    );
    const events = Array.from({ length: count }, (_, seq) => ({
      seq,
      type: 'elevation.approved',
      at: at.toISOString(),
      decision: { effect: 'allow', rules: ['elevation.vote'], policyDigest: 'none', inputDigest: 'none' },
      policyInput: null,
    }));
    const blocks = storyBlocks({ policy }, request, events);
    expect(validatePayload({ view: modal({ callbackId: 'x', title: 'x', blocks }) })).toEqual([]);
    const text = JSON.stringify(blocks);
    expect(text).toContain('<@U02BOB>: approve');
    expect(text).not.toContain('<!channel>');
    if (count > 0) expect(text).toContain(`#${count - 1}\` elevation.approved`);
    if (count > 0) expect(text).toContain('allow: elevation.vote');
  },
);
