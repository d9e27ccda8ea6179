import { createInterface } from 'node:readline/promises';
import pg from 'pg';

/** `npm run -s sql -- <postgresql://…>`: one session, one statement a line. For whoever has no psql at hand. */
async function main(url: string | undefined): Promise<void> {
  if (url === undefined) throw new Error("Give the address: npm run -s sql -- 'postgresql://…'");
  const client = new pg.Client({ connectionString: url });
  client.on('error', (error) => {
    process.stdout.write(`\nThe session was ended by the server: ${error.message}\n`);
    process.exit(3);
  });
  await client.connect();
  process.stdout.write('Connected. One statement a line; Ctrl-D leaves.\n');
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: 'sql> ' });
  lines.prompt();
  for await (const line of lines) {
    if (line.trim() !== '') process.stdout.write(`${await answer(client, line)}\n`);
    lines.prompt();
  }
  await client.end();
}

async function answer(client: pg.Client, statement: string): Promise<string> {
  try {
    const { command, rowCount, rows } = await client.query<Record<string, unknown>>(statement);
    return [...rows.map((row) => JSON.stringify(row)), `${command} ${rowCount ?? 0}`].join('\n');
  } catch (error) {
    return `ERROR: ${error instanceof Error ? error.message : String(error)}`;
  }
}

await main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
