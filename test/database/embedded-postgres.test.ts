import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { removeCluster, startCluster } from '../../scripts/lib/embedded-postgres.js';
import { TEST_CLUSTER_PREFIX, withClient } from '../harness/postgres-admin.js';

const password = 'with space & sign';

function dataDirOfThisTest(): string {
  const dataDir = join(tmpdir(), `${TEST_CLUSTER_PREFIX}${process.pid}-${randomBytes(4).toString('hex')}`);
  onTestFinished(() => removeCluster(dataDir));
  return dataDir;
}

it('keeps what it was told over a restart and a kill -9 under load', async () => {
  const dataDir = dataDirOfThisTest();
  const first = await startCluster({ dataDir, password });
  await withClient(first.url, (client) => client.query('CREATE TABLE kept AS SELECT 1 AS x'));
  const busy = new pg.Client({ connectionString: first.url });
  busy.on('error', () => {});
  await busy.connect();
  const cut = expect(busy.query('SELECT count(*) FROM generate_series(1, 1e12)')).rejects.toThrow();
  await first.kill();

  const second = await startCluster({ dataDir, password, port: first.port });
  await cut;
  expect(
    await withClient(second.url, async (client) => (await client.query('SELECT x FROM kept')).rows),
  ).toEqual([{ x: 1 }]);
  await second.stop();
}, 60_000);

it('takes over from a starter that was killed, and never from one that lives', async () => {
  const dataDir = dataDirOfThisTest();
  const program = `import { startCluster } from ${JSON.stringify(resolve('scripts/lib/embedded-postgres.ts'))};
    startCluster({ dataDir: ${JSON.stringify(dataDir)}, password: 'p' }).then((cluster) => console.log(cluster.pid));
    setInterval(() => {}, 1000);`;
  const starter = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void starter.kill('SIGKILL'));
  const [line] = await once(createInterface(starter.stdout), 'line');
  await expect(startCluster({ dataDir, password: 'p' })).rejects.toMatchObject({ code: 'cluster_in_use' });

  const exited = once(starter, 'exit');
  starter.kill('SIGKILL');
  await exited;
  const ours = await startCluster({ dataDir, password: 'p' });
  expect(ours.pid).not.toBe(Number(line));
  await ours.stop();
}, 60_000);

it('says in one sentence that the port is taken or the password is another', async () => {
  const [one, other] = [dataDirOfThisTest(), dataDirOfThisTest()];
  const cluster = await startCluster({ dataDir: one, password });

  await expect(startCluster({ dataDir: other, password, port: cluster.port })).rejects.toMatchObject({
    code: 'port_taken',
    message: `Port ${cluster.port} is taken: choose another, or stop what listens there.`,
  });
  await cluster.stop();
  await expect(startCluster({ dataDir: one, password: 'another' })).rejects.toMatchObject({
    code: 'password_mismatch',
  });
}, 60_000);

it('counts in UTF-8 and UTC, takes SCRAM only, and is readable by nobody else', async () => {
  const dataDir = dataDirOfThisTest();
  const cluster = await startCluster({ dataDir, password });
  const settings = await withClient(cluster.url, async (client) => {
    const { rows } =
      await client.query(`SELECT current_setting('timezone') AS zone, current_setting('server_encoding') AS encoding,
      current_setting('data_checksums') AS checksums, (SELECT array_agg(DISTINCT auth_method) FROM pg_hba_file_rules) AS auth`);
    return rows;
  });

  expect(settings).toEqual([{ zone: 'UTC', encoding: 'UTF8', checksums: 'on', auth: ['scram-sha-256'] }]);
  expect(statSync(dataDir).mode & 0o077).toBe(0);
  await cluster.stop();
}, 60_000);

it('never touches a directory that holds something else', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'countersign-precious-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  writeFileSync(join(dataDir, 'thesis.txt'), 'years of work');

  await expect(startCluster({ dataDir, password })).rejects.toMatchObject({ code: 'directory_not_empty' });
  await removeCluster(dataDir);
  expect(readdirSync(dataDir)).toEqual(['thesis.txt']);
}, 60_000);
