import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { keepKeys } from '../../scripts/demo/secrets.js';
import { ReceiptSigner } from '../../src/packet/index.js';
import { useWorld } from '../doer/fixture.js';
import { accountFor, endPacket, grantPacket, type Target, TENANT, until, type World } from '../doer/world.js';
import { startVault, type TestVault } from '../harness/vault.js';
import { openLedger } from '../ledger/harness.js';

let target: Target;
let world: World;
const children: ChildProcess[] = [];
useWorld((startedTarget, builtWorld) => {
  target = startedTarget;
  world = builtWorld;
});

let vault: TestVault;
beforeAll(async () => {
  vault = await startVault();
});
const killAll = async (): Promise<void> => {
  for (const child of children.splice(0)) if (child.kill('SIGKILL')) await once(child, 'exit');
};
afterEach(killAll);
afterAll(() => vault.close());

/** The files beneath a directory, by their paths in it. */
function filesIn(directory: string): Record<string, string> {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const files = paths.filter((path) => statSync(join(directory, path)).isFile());
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(directory, path), 'utf8')]));
}

/** What a process needs to read `countersign/<path>` under a role of its own. */
async function vaultSettings(role: string, path = role): Promise<Record<string, string>> {
  return {
    KEYS_VAULT_URL: vault.url,
    KEYS_VAULT_PATH: `countersign/${path}`,
    KEYS_VAULT_ROLE_ID: await vault.role(role, `countersign/${role}`),
    KEYS_VAULT_WRAPPED_SECRET_ID: await vault.wrappedSecretId(role, 600),
  };
}

/** A real process with nothing else in its environment, and all it says. */
function start(name: string, settings: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [join(inject('programs'), `${name}.js`)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: Object.fromEntries(
      Object.entries({ TENANT, ...settings }).map(([key, value]) => [`COUNTERSIGN_${key}`, value]),
    ),
  });
  children.push(child);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  return { child, said: () => said };
}

const doerSettings = () => {
  const { databaseUrl, dataDir, limitsFile, targetsFile, ledgerUrl } = world.doerFiles('a');
  return {
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    LIMITS_FILE: limitsFile,
    TARGETS_FILE: targetsFile,
    LEDGER_URL: ledgerUrl,
  };
};

test('rule 2: a doer waits for a sealed Vault, needs it to start, and ends without it', {
  timeout: 120_000,
}, async () => {
  const keys = filesIn(world.doerFiles('a').keysDir);
  await vault.put('countersign/doer', keys);
  const settings = await vaultSettings('doer');
  await vault.seal();
  const doer = start('doer', { ...doerSettings(), ...settings });
  await until('the doer to say why it waits', async () => doer.said().includes('is sealed'), 60);
  await vault.unseal();
  const packet = grantPacket();
  await world.release(packet);
  const granted = await until('a receipt', async () => (await world.receipts())[0], 60);
  expect(granted).toMatchObject({ packetId: packet.id, outcome: 'granted' });

  await vault.seal();
  try {
    await world.release(endPacket(packet.requestId));
    const ended = await until('the end', async () => (await world.receipts())[1], 60);
    expect(ended).toMatchObject({ requestId: packet.requestId, outcome: 'ended' });
    const roles = await target.admin('SELECT FROM pg_roles WHERE rolname = $1', [
      accountFor(packet.requestId),
    ]);
    expect(roles).toEqual([]);
  } finally {
    await vault.unseal();
  }

  const { privateKey } = ReceiptSigner.parse(JSON.parse(keys['receipt-signer.json'] ?? ''));
  const onDisk = Object.values(filesIn(world.doerFiles('a').dataDir)).join();
  for (const place of [doer.said(), onDisk]) {
    expect(place).not.toContain(privateKey);
    expect(place).not.toContain(settings['KEYS_VAULT_WRAPPED_SECRET_ID']);
  }
});

test('a sequencer signs with a checkpoint key that no disk of its own holds', {
  timeout: 120_000,
}, async () => {
  const home = mkdtempSync(join(tmpdir(), 'sequencer-'));
  const ledger = await openLedger();
  try {
    await keepKeys(home, TENANT);
    await vault.put('countersign/sequencer', filesIn(join(home, 'keys', 'sequencer')));
    start('sequencer', {
      DATABASE_URL: ledger.database.urls.sequencer,
      DATA_DIR: join(home, 'data'),
      ...(await vaultSettings('sequencer')),
    });
    await ledger.enqueue([{}], TENANT);
    await until(
      'a checkpoint',
      async () => (await ledger.admin.query('SELECT FROM ledger.ledger_checkpoint')).rowCount === 1,
      60,
    );
    const data = join(home, 'data');
    const isWritten = (name: string): boolean => name.endsWith('.checkpoint');
    await until('its memory', async () => existsSync(data) && readdirSync(data).some(isWritten), 60);
    await killAll();
    expect(Object.keys(filesIn(data))).toEqual([expect.stringMatching(/^newest-[0-9a-f]+\.checkpoint$/)]);
  } finally {
    await killAll();
    await ledger.close();
    rmSync(home, { recursive: true });
  }
});

const gatekeeper = {
  DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
  SUBJECT_KEYS_DIR: '/nonexistent',
  SLACK_BOT_TOKEN: 'xoxb-unused',
  SLACK_APP_TOKEN: 'xapp-unused',
  SLACK_REQUESTS_CHANNEL: 'C1',
  SLACK_CODEX_HPS_CHANNEL: 'C2',
};

test.each(['app', 'worker', 'sequencer', 'doer'])(
  'the %s that may not read its path says so in one line and exits',
  { timeout: 120_000 },
  async (name) => {
    const settings = {
      ...gatekeeper,
      ...doerSettings(),
      ...(await vaultSettings(`stranger-${name}`, 'elsewhere')),
    };
    const { child, said } = start(name, settings);
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    expect(said().trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(said())).toMatchObject({
      name,
      code: 'vault_forbidden',
      msg: expect.stringContaining('does not let this process read secret/countersign/elsewhere'),
    });
  },
);
