import { expect, it } from 'vitest';
import { gapToDatabase, gapToMigrations } from '../../scripts/lib/schema-engine.js';
import { freshDatabase } from '../harness/postgres.js';

it('the migrations make what schema.prisma says', async () => {
  const database = await freshDatabase();

  expect(await gapToMigrations(database.urls.admin, 'cs_owner')).toBe('');
  expect(await gapToDatabase(database.urls.admin, 'cs_owner')).toBe('');
});
