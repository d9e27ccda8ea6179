import { withClient } from '../../scripts/lib/connection.js';

export { atDatabase, withClient } from '../../scripts/lib/connection.js';

/** Data directories of test clusters: the prefix, then the process that started it. */
export const TEST_CLUSTER_PREFIX = 'countersign-test-';

/** Runs statements on one connection of their own. */
export async function administer(url: string, ...statements: readonly string[]): Promise<void> {
  await withClient(url, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}
