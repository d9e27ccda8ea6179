import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { readPolicyFiles } from '../src/policy/index.js';

/** `npm run -s policy:digest`: what `GET /v1/policy` gives where these files are applied. */
const root = resolve(import.meta.dirname, '..');
const connectors = readdirSync(resolve(root, 'src/connectors'), { withFileTypes: true });
const kinds = new Set(connectors.filter((entry) => entry.isDirectory()).map(({ name }) => name));
try {
  process.stdout.write(`${readPolicyFiles(resolve(root, 'policies'), kinds).digest}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
