import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Organisation } from '../../src/policy/index.js';
import {
  type LocalSlack,
  SlackConfig,
  type SlackPatience,
  type StrictProxy,
  startLocalSlack,
  startStrictProxy,
} from '../../test/harness/slack/index.js';
import type { Secrets } from './secrets.js';

export const TEAM = 'T01HOOKPILOT';
const BOT = 'U00COUNTERSIGN';
export const CHANNELS = {
  requests: 'C01REQUESTS',
  general: 'C02GENERAL',
  'codex-hps': 'C03CODEXHPS',
  checkpoints: 'C04CHECKPOINTS',
} as const;

/** The workspace the example organisation lives in: everybody its files name with a Slack account. */
export function workspaceConfig(
  organisation: Organisation,
  secrets: Secrets,
  requestUrl?: string,
): SlackConfig {
  const people = organisation.people.filter(
    (person) => person.active && person.identities.slack !== undefined,
  );
  const users = people.map((person) => ({
    id: person.identities.slack?.[0] ?? '',
    name: person.id,
    real_name: person.name,
    email: person.identities.email,
  }));
  const members = [...users.map((user) => user.id), BOT];
  return SlackConfig.parse({
    workspace: { name: 'HookPilot', domain: 'hookpilot', teamId: TEAM },
    app: {
      appId: 'A01COUNTERSIGN',
      botUserId: BOT,
      botName: 'countersign',
      ...secrets.slack,
      shortcuts: manifestShortcuts(),
      ...(requestUrl === undefined ? {} : { mode: 'events', requestUrl }),
    },
    users,
    channels: [
      { id: CHANNELS.requests, name: 'requests', members },
      { id: CHANNELS.general, name: 'general', members },
      { id: CHANNELS['codex-hps'], name: 'codex-hps', members },
      { id: CHANNELS.checkpoints, name: 'ledger-checkpoints', members },
    ],
  });
}

const Manifest = z.object({
  features: z.object({
    shortcuts: z.array(z.object({ name: z.string(), callback_id: z.string() })).default([]),
  }),
});

/** What a real workspace would show in a message's menu. */
function manifestShortcuts() {
  const file = new URL('../../slack-manifest.yaml', import.meta.url);
  return Manifest.parse(parse(readFileSync(file, 'utf8'))).features.shortcuts;
}

export interface Workspace {
  standIn: LocalSlack;
  proxy: StrictProxy;
  stop(): Promise<void>;
}

/** The local Slack, and our strict proxy before it on `port`. */
export async function startWorkspace(options: {
  config: SlackConfig;
  port: number;
  dataDir: string;
  /** A local Slack that somebody else started. */
  runningAt: string | null;
  patience: SlackPatience;
}): Promise<Workspace> {
  const standIn = await startLocalSlack({
    config: options.config,
    dataDir: options.dataDir,
    ...(options.runningAt === null ? {} : { runningAt: options.runningAt }),
  });
  const proxy = await startStrictProxy({
    config: options.config,
    target: standIn.url,
    port: options.port,
    dataDir: options.dataDir,
    ...options.patience,
  });
  return {
    standIn,
    proxy,
    stop: async () => {
      await proxy.close();
      await standIn.stop();
    },
  };
}
