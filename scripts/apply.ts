import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addDays } from 'date-fns/addDays';
import { z } from 'zod';
import { applyConfig } from '../src/config.js';
import { connectorKinds } from '../src/connectors/kinds.js';
import { sha256Hex } from '../src/core/canonical.js';
import { parseCheckpointText } from '../src/core/checkpoint.js';
import { systemClock } from '../src/core/clock.js';
import { CountersignError } from '../src/core/errors.js';
import { parseNote } from '../src/core/note.js';
import { createPseudonyms, fileSubjectKeys } from '../src/ledger/index.js';
import { readPolicyFiles } from '../src/policy/index.js';
import { applyGenesis, openStore } from '../src/store/index.js';

/**
 * `npm run apply`: puts the organisation and rules of `policies/` in force on a new installation, as the ledger's first
 * entry (rule 17). With `--succeeds` that entry commits to a log that was given up (docs/key-rotation.md). The first
 * auditor's token is shown here and never again; only its digest is stored.
 */
const TOKEN_DAYS = 365;

const options = z
  .object({ succeeds: z.string().optional() })
  .parse(
    new Command('apply')
      .option(
        '--succeeds <file>',
        'the last good checkpoint, as a signed note, of the log this one takes over from',
      )
      .parse()
      .opts(),
  );

async function apply(): Promise<void> {
  const config = applyConfig();
  const files = readPolicyFiles(config.POLICIES_DIR, connectorKinds);
  const token = `csa_${randomBytes(24).toString('base64url')}`;
  const at = systemClock.now();
  const succeeds =
    options.succeeds === undefined
      ? null
      : parseCheckpointText(parseNote(readFileSync(options.succeeds, 'utf8')).text);
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
      succeeds,
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
