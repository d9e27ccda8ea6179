import type { App } from '@slack/bolt';
import { z } from 'zod';
import {
  actions,
  button,
  externalSelect,
  input,
  modal,
  option,
  plainTextInput,
  staticSelect,
} from '../../src/blocks/index.js';
import { defineCapability } from '../../src/capabilities/define.js';
import type { SlackAnswer, SlackHandlers } from '../../src/capabilities/index.js';
import { noFaults } from '../../src/core/faults.js';
import { newRequestId } from '../../src/core/ids.js';
import { defineMachine } from '../../src/core/machine.js';
import { createSlackApp } from '../../src/edges/slack/receive/app.js';
import { receiverFor } from '../../src/edges/slack/receive/receiver.js';
import { createPseudonyms } from '../../src/ledger/index.js';
import { oblige, refusal } from '../../src/policy/index.js';
import { commit, openStore, readInput, refuse } from '../../src/store/index.js';
import { type Gatekeeper, tenant } from '../database/gatekeeper.js';
import { exampleConfig, startWorkspace, type Workspace } from './fixture.js';

/** What the handlers were given, in order; and what `/stage`, `More` and `Send` answer instead of their own. */
export interface Script {
  heard: unknown[];
  answer: (() => Promise<SlackAnswer>) | null;
}

const form = (kind = 'read') =>
  modal({
    callbackId: 'stage.form',
    title: 'Stage',
    submit: 'Send',
    privateMetadata: 'metadata',
    blocks: [
      input({
        blockId: 'reason',
        label: 'Reason',
        element: plainTextInput({ actionId: 'reason', initial: 'why' }),
      }),
      input({
        blockId: 'system',
        label: 'System',
        optional: true,
        element: externalSelect({ actionId: 'stage.system' }),
      }),
      input({
        blockId: 'kind',
        label: 'Kind',
        dispatchAction: true,
        element: staticSelect({
          actionId: 'stage.kind',
          options: [option('Read', 'read'), option('Write', 'write')],
          initialValue: kind,
        }),
      }),
      actions('more', [button({ text: 'More', actionId: 'stage.more', value: 'more' })]),
    ],
  });

const handlers = (script: Script): SlackHandlers => ({
  commands: [
    {
      name: '/stage',
      opensModal: (text) => text !== 'aloud',
      run: async () => script.answer?.() ?? { show: 'modal', view: form() },
    },
  ],
  actions: [
    {
      actionId: 'stage.kind',
      run: async (_context, { value, view }) => {
        script.heard.push({ value, view });
        return { show: 'update', view: form(value) };
      },
    },
    {
      actionId: 'stage.more',
      run: async () => script.answer?.() ?? { show: 'private', text: 'A word.' },
    },
  ],
  submissions: [
    {
      callbackId: 'stage.form',
      run: async (context, call) => {
        script.heard.push(call.values);
        return script.answer?.() ?? settle(context, call);
      },
    },
  ],
  options: [
    {
      actionId: 'stage.system',
      run: async (_context, { by, query }) =>
        Array.from({ length: 150 }, (_, number) => ({
          text: `${query} ${number} of ${by}`,
          value: `s${number}`,
        })),
    },
  ],
  shortcuts: [
    {
      callbackId: 'stage.here',
      run: async (_context, { text, thread }) => {
        script.heard.push({ text, thread });
        return { show: 'private', text: 'Heard.' };
      },
    },
  ],
});

/** Opens a request; refuses a reason that asks for it. */
const settle: SlackHandlers['submissions'][number]['run'] = async ({ store, clock }, call) => {
  const { by, input: key, values } = call;
  const id = newRequestId();
  const at = clock.now();
  const given = { tenant, at, input: key, event: { type: 'stage.happened', requestId: id, actor: by } };
  if (values['reason'] === 'refuse me') {
    const refused = await refuse(store, { ...given, decision: refusal('stage.no', 'Not today.') });
    return { show: 'errors', errors: { reason: refused.message } };
  }
  const to = { state: 'open', details: {}, dueAt: null };
  await commit(store, {
    ...given,
    decision: oblige({ rule: 'stage.write', message: 'A test writes.', basis: null }),
    changes: [{ id, capability: 'stage', requester: by, subject: by, from: null, to }],
  });
  return { show: 'nothing' };
};

/** The app's real edge over the strict proxy, with a capability that only asks and answers. */
export async function startStage(
  gate: Gatekeeper,
): Promise<{ script: Script; workspace: Workspace; app: App; stop(): Promise<void> }> {
  const script: Script = { heard: [], answer: null };
  const example = exampleConfig();
  const workspace = await startWorkspace({
    config: { ...example, workspace: { ...example.workspace, teamId: tenant } },
    // A busy machine is slow to answer for the first time; what is late by Slack's clock is rules.test.ts's.
    ackMs: 30_000,
    triggerTtlMs: 30_000,
  });
  const { subjectKeys } = gate.context.store;
  const store = openStore({
    databaseUrl: gate.database.urls.app,
    pseudonyms: createPseudonyms,
    subjectKeys,
  });
  const context = { ...gate.context, store };
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const socket = {
    SLACK_MODE: 'socket' as const,
    SLACK_APP_TOKEN: example.app.appToken,
    SLACK_API_URL: workspace.proxy.apiUrl,
  };
  const app = createSlackApp({
    context,
    capabilities: [stage(script)],
    botToken: example.app.botToken,
    slackApiUrl: workspace.proxy.apiUrl,
    receiver: receiverFor(socket, context, log).receiver,
    hook: noFaults,
    log,
  });
  // The first query compiles the client, and keeps everything else waiting while it does.
  await readInput(store, tenant, 'none');
  await app.start();
  return {
    script,
    workspace,
    app,
    async stop() {
      await app.stop();
      await workspace.stop();
      await store.close();
    },
  };
}

const stage = (script: Script) =>
  defineCapability({
    name: 'stage',
    entrypoint: 'stage/decision',
    machine: defineMachine<'open', 'never'>('open', { open: {} }),
    details: z.object({}),
    eventTypes: ['stage.happened'],
    due: {},
    surfaces: () => [],
    gist: () => ({ what: '', status: '', words: '' }),
    slack: handlers(script),
    sample: () => ({}),
  });
