import { randomBytes } from 'node:crypto';
import { addDays } from 'date-fns';
import { applyConfig } from '../src/config.js';
import { connectorKinds } from '../src/connectors/kinds.js';
import { sha256Hex } from '../src/core/canonical.js';
import { systemClock } from '../src/core/clock.js';
import { CountersignError } from '../src/core/errors.js';
import { createPseudonyms, fileSubjectKeys } from '../src/ledger/index.js';
import { readPolicyFiles } from '../src/policy/index.js';
import { applyGenesis, openStore } from '../src/store/index.js';

/**
 * `npm run apply`: puts the organisation and rules of `policies/` in force on a new installation, as the ledger's first
 * entry (rule 17). The first auditor's token is shown here and never again; only its digest is stored.
 */
const TOKEN_DAYS = 365;

async function apply(): Promise<void> {
  const config = applyConfig();
  const files = readPolicyFiles(config.POLICIES_DIR, connectorKinds);
  const token = `csa_${randomBytes(24).toString('base64url')}`;
  const at = systemClock.now();
  const store = openStore({
    databaseUrl: config.DATABASE_URL,
    pseudonyms: createPseudonyms,
    subjectKeys: fileSubjectKeys(config.SUBJECT_KEYS_DIR),
  });
  try {
    const applied = await applyGenesis(store, {
      tenant: config.TENANT,
      at,
      files,
      auditorToken: { digest: sha256Hex(token), label: 'first-auditor', expiresAt: addDays(at, TOKEN_DAYS) },
    });
    if (!applied.ok) throw new CountersignError('genesis_refused', applied.message);
  } finally {
    await store.close();
  }
  const { people, systems } = files.organisation;
  process.stdout.write(
    `Applied ${files.digest}: ${people.length} people, ${systems.length} systems.\n` +
      `The first auditor's token, valid for ${TOKEN_DAYS} days and shown only now:\n${token}\n`,
  );
}

await apply().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof CountersignError ? 2 : 1;
});
