import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Channel, Message } from './shapes.js';

const Archive = z.object({ channels: z.array(Channel), messages: z.array(Message) });
export type Archive = z.infer<typeof Archive>;

/** What an earlier run of the local Slack held; empty when there was none. */
export async function readArchive(dataDir: string): Promise<Archive> {
  const text = await readFile(join(dataDir, 'slack.json'), 'utf8').catch(() => undefined);
  return text === undefined ? { channels: [], messages: [] } : Archive.parse(JSON.parse(text));
}

/** Replaces the archive in one rename: a machine that dies here leaves the old one or the new one. */
export async function writeArchive(dataDir: string, archive: Archive): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const file = join(dataDir, 'slack.json');
  await writeFile(`${file}.new`, JSON.stringify(archive), { mode: 0o600 });
  await rename(`${file}.new`, file);
}
