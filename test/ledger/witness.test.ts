import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signCheckpoint } from '../../src/core/checkpoint.js';
import { manualClock } from '../../src/core/clock.js';
import { leafHash, nodeHash } from '../../src/core/merkle.js';
import {
  type NoteSigner,
  parseNote,
  parseVerifierKey,
  verifierKeyOf,
  verifyNote,
} from '../../src/core/note.js';
import { createWitness, type Witness } from '../../src/ledger/index.js';

const newKey = () => generateKeyPairSync('ed25519').privateKey;
const origin = 'countersign.log/T1';
const log: NoteSigner = { name: origin, type: 0x01, privateKey: newKey() };
const signer: NoteSigner = { name: 'witness.example/w1', type: 0x04, privateKey: newKey() };
const clock = manualClock(new Date('2026-11-21T12:00:00Z'));
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((text) => leafHash(Buffer.from(text))) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
];
const two = nodeHash(a, b);
const three = nodeHash(two, c);
const note = (size: number, root: Buffer, by = log) =>
  signCheckpoint({ origin, size, root }, [by], clock.now());
const request = (old: number, proof: Buffer[], body: string) =>
  `${[`old ${old}`, ...proof.map((hash) => hash.toString('base64'))].join('\n')}\n\n${body}`;

let stateDirectory: string;
let witness: Witness;
const open = () =>
  createWitness({
    signer,
    logs: new Map([[origin, [parseVerifierKey(verifierKeyOf(log))]]]),
    stateDirectory,
    clock,
  });
beforeEach(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'witness-'));
  witness = open();
});
afterEach(() => rm(stateDirectory, { recursive: true }));

test('C2SP tlog-witness: a checkpoint that adds to the last is cosigned, with its time', async () => {
  expect((await witness.addCheckpoint(request(0, [], note(2, two)))).status).toBe(200);
  const { status, body } = await witness.addCheckpoint(request(2, [c], note(3, three)));
  expect(status).toBe(200);
  const cosigned = parseNote(note(3, three) + body);
  expect(verifyNote(cosigned, [parseVerifierKey(verifierKeyOf(signer))])).toMatchObject([
    { time: clock.now() },
  ]);
});

describe('attacks 8 to 11: what a witness never cosigns', () => {
  beforeEach(async () => {
    await witness.addCheckpoint(request(0, [], note(3, three)));
  });
  test.each([
    ['another root at the size it knows (split view)', request(3, [], note(3, nodeHash(two, d))), 409],
    [
      'a rewritten suffix, signed with the real key',
      request(3, [d], note(4, nodeHash(nodeHash(a, b), nodeHash(d, d)))),
      422,
    ],
    ['a rollback, by the size it remembers', request(2, [], note(2, two)), 409],
    ['an old size above the checkpoint', request(3, [], note(2, two)), 400],
    [
      'a stolen origin under another key',
      request(3, [], note(3, three, { ...log, privateKey: newKey() })),
      403,
    ],
    [
      'a log it was not told to watch',
      request(0, [], note(3, three).replaceAll(origin, 'countersign.log/T2')),
      404,
    ],
    ['a malformed request', 'old x\n\n', 400],
  ])('%s', async (_, body, status) => {
    expect((await witness.addCheckpoint(body)).status).toBe(status);
  });
});

test('attack 11: a witness that was restarted still knows what it cosigned', async () => {
  await witness.addCheckpoint(request(0, [], note(3, three)));
  expect(await open().addCheckpoint(request(0, [], note(2, two)))).toMatchObject({
    status: 409,
    contentType: 'text/x.tlog.size',
    body: '3\n',
  });
});

test('attack 10: of two histories submitted at once only one is cosigned', async () => {
  const answers = await Promise.all([
    witness.addCheckpoint(request(0, [], note(3, three))),
    witness.addCheckpoint(request(0, [], note(3, nodeHash(two, d)))),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
});
