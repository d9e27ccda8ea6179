import { join } from 'node:path';
import { clockFromFile } from '../../src/clock-file.js';
import { sha256Hex } from '../../src/core/canonical.js';
import { systemClock } from '../../src/core/clock.js';
import { CountersignError } from '../../src/core/errors.js';
import type { TenantId } from '../../src/core/tenant.js';
import { createPseudonyms, fileSubjectKeys } from '../../src/ledger/index.js';
import type { PolicyFiles } from '../../src/policy/index.js';
import { applyGenesis, openStore } from '../../src/store/index.js';
import type { Cluster } from '../lib/embedded-postgres.js';
import type { HouseOptions } from './house.js';
import type { Secrets } from './secrets.js';
import { loginUrl } from './settings.js';

/** The example organisation, applied once as a ledgered genesis; later starts find it in force. */
export async function keepGenesis(given: {
  tenant: TenantId;
  files: PolicyFiles;
  secrets: Secrets;
  ours: Cluster;
  options: HouseOptions;
}): Promise<void> {
  const { tenant, files, secrets, ours, options } = given;
  const clock = options.clockFile === null ? systemClock : clockFromFile(options.clockFile);
  const store = openStore({
    databaseUrl: loginUrl(ours, 'cs_worker', secrets),
    pseudonyms: createPseudonyms,
    subjectKeys: fileSubjectKeys(join(options.dataDir, 'subject-keys')),
  });
  try {
    if ((await store.prisma.policyApply.count({ where: { tenant } })) > 0) return;
    const at = clock.now();
    const expiresAt = new Date(at.getTime() + 365 * 86_400_000);
    const token = { digest: sha256Hex(secrets.auditorToken), label: 'first-auditor', expiresAt };
    const applied = await applyGenesis(store, { tenant, at, files, auditorToken: token });
    if (!applied.ok) throw new CountersignError('genesis_refused', applied.message);
  } finally {
    await store.close();
  }
}
