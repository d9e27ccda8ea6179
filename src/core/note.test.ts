import { createPrivateKey } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  checkpointText,
  compareCheckpoints,
  formatLogProof,
  openCheckpoint,
  openLogProof,
  signCheckpoint,
} from './checkpoint.js';
import { leafHash, nodeHash } from './merkle.js';
import { type NoteSigner, parseNote, parseVerifierKey, signNote, verifierKeyOf, verifyNote } from './note.js';

const signer = (name: string, type: 0x01 | 0x04, byte: number): NoteSigner => ({
  name,
  type,
  privateKey: createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, byte)]),
    format: 'der',
    type: 'pkcs8',
  }),
});
const at = new Date('2026-11-21T12:00:00Z');
const origin = 'example.com/log';
const log = signer(origin, 0x01, 1);
const witness = signer('witness.example/w1', 0x04, 2);
const keys = [parseVerifierKey(verifierKeyOf(log))];
const leaves = ['a', 'b', 'c'].map((text) => leafHash(Buffer.from(text)));
const [a, b, c] = leaves as [Buffer, Buffer, Buffer];
const three = { origin, size: 3, root: nodeHash(nodeHash(a, b), c) };
const two = { origin, size: 2, root: nodeHash(a, b) };

test('C2SP signed-note: the example of the specification parses, key ids are the first four bytes of the hash', () => {
  const text = 'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n';
  const line =
    '— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=';
  expect(parseNote(`${text}\n${line}\n`)).toMatchObject({
    text,
    signatures: [{ name: 'quasimodo.example/salvatore', keyId: '367ba04b' }],
  });
});

test('a checkpoint opens under its own key and under no other', () => {
  const note = signCheckpoint(three, [log], at);
  expect(openCheckpoint(note, { origin, keys })).toEqual(three);
  const stranger = [parseVerifierKey(verifierKeyOf(signer(origin, 0x01, 9)))];
  expect(() => openCheckpoint(note, { origin, keys: stranger })).toThrow(
    expect.objectContaining({ code: 'checkpoint_untrusted' }),
  );
});

test('log identity swapped: the origin is pinned by the verifier, not taken from the note', () => {
  const note = signCheckpoint({ ...three, origin: 'example.com/other' }, [log], at);
  expect(() => openCheckpoint(note, { origin, keys })).toThrow(
    expect.objectContaining({ code: 'checkpoint_untrusted' }),
  );
});

test('a changed text under a known key is a forgery, not an unknown note', () => {
  const forged = signCheckpoint(three, [log], at).replace('\n3\n', '\n4\n');
  expect(() => openCheckpoint(forged, { origin, keys })).toThrow(
    expect.objectContaining({ code: 'note_forged' }),
  );
});

test("C2SP tlog-cosignature: a cosignature carries its time and does not pass as the log's signature", () => {
  const text = checkpointText(three);
  const note = parseNote(`${text}\n${signNote(witness, text, at)}`);
  const witnessKey = parseVerifierKey(verifierKeyOf(witness));
  expect(verifyNote(note, [witnessKey])).toMatchObject([{ time: at }]);
  const sameName = { ...witness, name: origin };
  const masked = `${text}\n${signNote(sameName, text, at)}`;
  expect(() => openCheckpoint(masked, { origin, keys: [parseVerifierKey(verifierKeyOf(sameName))] })).toThrow(
    'not signed by this log',
  );
});

test.each([
  ['a leading zero', 'o\n03\n'],
  ['a size beyond 2^53', 'o\n18446744073709551615\n'],
  ['a negative size', 'o\n-1\n'],
  ['an extension line', 'o\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nmore\n'],
])('attack 18: a checkpoint with %s is malformed', (_, head) => {
  const text = head.split('\n').length > 3 ? head : `${head}${three.root.toString('base64')}\n`;
  const named = { ...log, name: 'o' };
  const note = `${text}\n${signNote(named, text, at)}`;
  expect(() => openCheckpoint(note, { origin: 'o', keys: [parseVerifierKey(verifierKeyOf(named))] })).toThrow(
    expect.objectContaining({ code: 'checkpoint_malformed' }),
  );
});

test('C2SP tlog-proof: a proof opens for its own leaf only', () => {
  const proof = formatLogProof({ index: 1, proof: [a, c], checkpoint: signCheckpoint(three, [log], at) });
  expect(openLogProof(proof, b, { origin, keys })).toMatchObject({ index: 1, size: 3 });
  expect(() => openLogProof(proof, c, { origin, keys })).toThrow(
    expect.objectContaining({ code: 'proof_false' }),
  );
  expect(() => openLogProof(proof.replace('index 1', 'index 01'), b, { origin, keys })).toThrow(
    expect.objectContaining({ code: 'proof_malformed' }),
  );
});

test('rule 7: a smaller consistent checkpoint is stale, an inconsistent one is a fork', () => {
  expect(compareCheckpoints(two, three, [c])).toBe('newer');
  expect(compareCheckpoints(three, two, [c])).toBe('stale');
  expect(compareCheckpoints(three, three, [])).toBe('same');
  expect(compareCheckpoints(three, { ...three, root: a }, [])).toBe('forked');
  expect(compareCheckpoints({ ...two, root: nodeHash(b, a) }, three, [c])).toBe('forked');
  expect(compareCheckpoints(three, { ...two, root: c }, [c])).toBe('forked');
});

test.each([
  '',
  'x',
  'a+b',
  `${origin}+00000000+AQ==`,
  `${verifierKeyOf(log)}x`,
  verifierKeyOf(log).replace(/\+[0-9a-f]{8}\+/, '+00000000+'),
])('a malformed verifier key is refused: %s', (vkey) => {
  expect(() => parseVerifierKey(vkey)).toThrow(expect.objectContaining({ code: 'vkey_malformed' }));
});
