import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { sha256Hex } from '../../src/core/canonical.js';
import { signCheckpoint } from '../../src/core/checkpoint.js';
import { systemClock } from '../../src/core/clock.js';
import { leafHash, nodeHash } from '../../src/core/merkle.js';
import {
  type NoteSigner,
  parseNote,
  parseVerifierKey,
  verifierKeyOf,
  verifyNote,
} from '../../src/core/note.js';

/** The witness as a customer runs it: `bin/witness`, over HTTP, killed as machines are. */

const origin = 'countersign.log/T1';
const log: NoteSigner = { name: origin, type: 0x01, privateKey: generateKeyPairSync('ed25519').privateKey };
const home = mkdtempSync(join(tmpdir(), 'witness-process-'));
const settings = join(home, 'witness.json');
const [a, b, c] = ['a', 'b', 'c'].map((text) => leafHash(Buffer.from(text))) as [Buffer, Buffer, Buffer];
const two = nodeHash(a, b);
const three = nodeHash(two, c);

const Ready = z.object({ msg: z.literal('ready'), port: z.number(), vkey: z.string() });
let running: ChildProcess;
let at: z.infer<typeof Ready>;

async function start(): Promise<void> {
  running = spawn(process.execPath, [join(inject('programs'), 'witness.js'), settings], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (!running.stderr) throw new Error('no stderr');
  for await (const line of createInterface({ input: running.stderr })) {
    const ready = Ready.safeParse(JSON.parse(line));
    if (!ready.success) continue;
    at = ready.data;
    return;
  }
  throw new Error('the witness did not start');
}

async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<unknown> {
  const gone = once(running, 'exit');
  running.kill(signal);
  const [code] = await gone;
  return code;
}

const note = (size: number, root: Buffer, by = log) =>
  signCheckpoint({ origin, size, root }, [by], systemClock.now());

async function submit(old: number, proof: Buffer[], body: string): Promise<{ status: number; text: string }> {
  const lines = [`old ${old}`, ...proof.map((hash) => hash.toString('base64'))];
  const response = await fetch(`http://127.0.0.1:${at.port}/add-checkpoint`, {
    method: 'POST',
    body: `${lines.join('\n')}\n\n${body}`,
  });
  return { status: response.status, text: await response.text() };
}

beforeAll(async () => {
  writeFileSync(
    settings,
    JSON.stringify({
      name: 'witness.example/security',
      keyFile: 'witness.pem',
      stateDirectory: 'state',
      port: 0,
      logs: [verifierKeyOf(log)],
    }),
  );
  await start();
});
afterAll(async () => {
  await end('SIGKILL');
  rmSync(home, { recursive: true });
});

test('makes a key of its own at first start, which nobody else can read', () => {
  expect(statSync(join(home, 'witness.pem')).mode & 0o777).toBe(0o600);
  expect(parseVerifierKey(at.vkey)).toMatchObject({ name: 'witness.example/security', type: 0x04 });
});

test('attacks 8 to 11: killed after it cosigned, it comes back with its key and its memory, and refuses a fork', async () => {
  const first = await submit(0, [], note(2, two));
  expect(first.status).toBe(200);
  const { vkey } = at;
  await end('SIGKILL');
  await start();
  expect(at.vkey).toBe(vkey);
  expect(await submit(0, [], note(2, nodeHash(a, c)))).toMatchObject({ status: 409, text: '2\n' });
  expect(await submit(2, [], note(2, nodeHash(a, c)))).toMatchObject({ status: 409 });
  expect(await submit(2, [b], note(3, nodeHash(nodeHash(a, c), c)))).toMatchObject({ status: 422 });
  const grown = await submit(2, [c], note(3, three));
  expect(grown.status).toBe(200);
  const cosigned = parseNote(note(3, three) + grown.text);
  expect(verifyNote(cosigned, [parseVerifierKey(vkey)])).toHaveLength(1);
});

test('shows what it cosigned last to whoever asks, and ends in order when told to', async () => {
  const shown = await fetch(`http://127.0.0.1:${at.port}/checkpoint/${sha256Hex(origin)}`);
  expect(await shown.text()).toContain(`${origin}\n3\n`);
  expect((await fetch(`http://127.0.0.1:${at.port}/checkpoint/${sha256Hex('other')}`)).status).toBe(404);
  expect(await end('SIGTERM')).toBe(0);
  await start();
  expect((await submit(3, [], note(3, three))).status).toBe(200);
});

test('a body too long, of unknown length or malformed is refused, and it stays up', async () => {
  expect((await submit(0, [], `${'x'.repeat(70_000)}\n`)).status).toBe(400);
  expect((await submit(0, [], 'no note\n')).status).toBe(400);
  expect((await submit(3, [], note(3, three))).status).toBe(200);
});
