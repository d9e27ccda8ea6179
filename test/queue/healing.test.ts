import { expect, it, onTestFinished } from 'vitest';
import { startCluster } from '../../scripts/lib/embedded-postgres.js';
import { migrate } from '../../scripts/lib/migrate.js';
import { systemClock } from '../../src/core/clock.js';
import { newRequestId } from '../../src/core/ids.js';
import { TenantId } from '../../src/core/tenant.js';
import { openQueue } from '../../src/queue/index.js';
import { startTargetCluster } from '../harness/postgres.js';

const tenant = TenantId.parse('T1');
const password = 'only-of-this-test';
const passwords = { cs_app: password, cs_worker: password, cs_sequencer: password, cs_doer: password };

it('rule 14: a queue opened while PostgreSQL is down, and one that outlives its crash, both deliver', async () => {
  const cluster = await startTargetCluster({ password });
  onTestFinished(cluster.remove);
  await migrate({ adminUrl: cluster.url, passwords });
  const restart = () => startCluster({ dataDir: cluster.dataDir, port: cluster.port, password });
  const place = { databaseUrl: cluster.url.replace('//postgres:', '//cs_worker:') };
  const woken: string[] = [];
  const wakeAndWait = async (): Promise<void> => {
    const requestId = newRequestId();
    await expect
      .poll(() => queue.wake('due', { tenant, requestId, version: 1 }), { timeout: 20_000 })
      .toBe(true);
    await expect.poll(() => woken, { timeout: 20_000 }).toContain(requestId);
  };

  await cluster.stop();
  const queue = openQueue({ place, schema: 'bull', clock: systemClock, onError: () => {} });
  onTestFinished(queue.close);
  queue.listen('due', async ({ requestId }) => {
    woken.push(requestId);
  });
  expect(await queue.wake('due', { tenant, requestId: newRequestId(), version: 1 })).toBe(false);

  const second = await restart();
  await queue.ready();
  await wakeAndWait();

  await second.kill();
  await restart();
  await wakeAndWait();
}, 90_000);
