import pg from 'pg';

/** The same server and login, another database. */
export function atDatabase(url: string, database: string): string {
  const at = new URL(url);
  at.pathname = `/${encodeURIComponent(database)}`;
  return at.href;
}

/** A connection for the length of `work`. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
