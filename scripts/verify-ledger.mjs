#!/usr/bin/env node
// Verifies an export of a Countersign ledger, off-line. One file, no dependencies: read it before you trust it.
//
//   node scripts/verify-ledger.mjs --export <file> --key <vkey> [--checkpoint <file or pasted note>]
//                                  [--witness <vkey> …] [--quorum <n>]
//
// The key is YOUR copy, got when you were introduced to the log, never one that came with the export. Everything below
// is derived from it: the origin is the key's name, the checkpoint must be signed by it, the entries must hash to the
// checkpoint's root. A checkpoint you kept from an earlier visit proves that nothing before it was rewritten since.
// Formats: C2SP signed-note, tlog-checkpoint, tlog-cosignature; RFC 6962 trees; RFC 8785 JSON. Exit 0 or 1.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const leafHash = (entry) => sha256(Buffer.of(0), entry);
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);
const fail = (reason) => {
  throw new Error(reason);
};

// ── Signed notes: text, blank line, signature lines "— name base64(key id ‖ signature)" ──────────────────────────────

function readKey(vkey) {
  const [, name, id, encoded] =
    /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(vkey ?? '') ?? fail(`not a verifier key: ${vkey}`);
  const bytes = Buffer.from(encoded, 'base64');
  if (sha256(`${name}\n`, bytes).toString('hex').slice(0, 8) !== id)
    fail(`the key id of ${name} is not that of its key`);
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes.subarray(1)]);
  return { name, id, type: bytes[0], key: createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
}

/** Which of the keys signed the note. A bad signature by a known key is a forgery. */
function openNote(note, keys) {
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) fail('the checkpoint is not a signed note');
  const text = note.slice(0, split + 1);
  const signers = new Set();
  for (const line of note.slice(split + 2, -1).split('\n')) {
    const [, name, encoded] = /^— (\S+) (\S+)$/.exec(line) ?? fail('a signature line is malformed');
    const bytes = decode(encoded, 'a signature');
    const key = keys.find((each) => each.name === name && each.id === bytes.subarray(0, 4).toString('hex'));
    if (!key) continue;
    const isCosignature = key.type === 4;
    const signature = bytes.subarray(isCosignature ? 12 : 4);
    const signed = isCosignature ? `cosignature/v1\ntime ${bytes.readBigUInt64BE(4)}\n${text}` : text;
    if (!verify(null, Buffer.from(signed), key.key, signature))
      fail(`FORGED: the signature of ${name} does not verify`);
    signers.add(key);
  }
  return { text, signers };
}

function openCheckpoint(note, logKeys) {
  const { text, signers } = openNote(note, logKeys);
  if (signers.size === 0) fail('the checkpoint is not signed by the key you gave');
  const [, origin, size, root] =
    /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n$/.exec(text) ??
    fail('the checkpoint is malformed');
  if (origin !== logKeys[0].name) fail(`the checkpoint is of another log: ${origin}`);
  if (!Number.isSafeInteger(Number(size))) fail('the checkpoint size is out of range');
  return { origin, size: Number(size), root: Buffer.from(root, 'base64') };
}

// ── Entries: "CSL1" ‖ u16 1 ‖ u64 seq ‖ u64 time_µs ‖ previous leaf (32) ‖ RFC 8785 JSON ────────────────────────────

function readEntry(bytes) {
  if (
    bytes.length < 54 ||
    bytes.length > 65_535 ||
    bytes.subarray(0, 4).toString() !== 'CSL1' ||
    bytes.readUInt16BE(4) !== 1
  )
    fail('not an entry of this format');
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(54));
  // Whatever two readers could read differently (duplicate keys, odd numbers or escapes) re-serialises to other bytes.
  if (canonical(JSON.parse(text)) !== text) fail('the payload is not canonical JSON');
  return { seq: bytes.readBigUInt64BE(6), time: bytes.readBigUInt64BE(14), prev: bytes.subarray(22, 54) };
}

function canonical(value) {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    fail('an integer beyond 2^53');
  if (typeof value === 'string' && !value.isWellFormed()) fail('a lone surrogate');
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${canonical(key)}:${canonical(value[key])}`);
  return `{${members.join(',')}}`;
}

// ── The tree: the roots of the perfect subtrees along its right edge, largest first ─────────────────────────────────

function append(edge, size, leaf) {
  let node = leaf;
  for (let bits = size; bits % 2 === 1; bits = Math.floor(bits / 2)) node = nodeHash(edge.pop(), node);
  edge.push(node);
}
const rootOf = (edge) =>
  edge.length === 0 ? sha256() : edge.reduceRight((right, left) => nodeHash(left, right));

// ── The export, a line each: a header, "base64(entry) base64(leaf hash)" for each entry, a trailer ────────────────────

function decode(text, what) {
  const bytes = Buffer.from(text ?? '', 'base64');
  return bytes.toString('base64') === text ? bytes : fail(`${what} is not base64`);
}

/** Lines as bytes, their newline included. */
async function* linesOf(file) {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(file)) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield rest.subarray(0, end + 1);
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) yield rest;
}

/** Where the log starts in this export (0, unless older entries were pruned), and the checkpoint it must lead to. */
function readHeader(line, { logKeys, witnesses, quorum }) {
  const { format, checkpoint, first, edge } = JSON.parse(line);
  if (format !== 'countersign-export-v2') fail('not an export of this format');
  if (`${JSON.stringify({ format, checkpoint, first, edge })}\n` !== line)
    fail('it is not in canonical form');
  const newest = openCheckpoint(checkpoint, logKeys);
  const cosigned = openNote(checkpoint, witnesses).signers.size;
  if (cosigned < quorum) fail(`${cosigned} of your witnesses cosigned, you ask for ${quorum}`);
  const nodes = edge.map((node) => decode(node, 'a node of the pruned part'));
  // As many subtrees as the number of pruned entries has binary ones; whether they are the log's own, the root tells.
  const ones = first.toString(2).replaceAll('0', '').length;
  if (!Number.isSafeInteger(first) || first < 0 || first > newest.size || nodes.length !== ones)
    fail('the pruned part is malformed');
  return { newest, cosigned, first, edge: nodes };
}

async function verifyExport({ file, logKeys, witnesses, quorum, remembered }) {
  const digest = createHash('sha256');
  const wanted = [];
  const edge = [];
  let header, headerDigest, newest;
  let size = 0;
  let time = 0n;
  let prev = null;
  let place = 'header';
  let isDone = false;

  const check = () => {
    for (const { root, name } of wanted.filter((each) => each.size === size))
      if (!rootOf(edge).equals(root)) fail(`entries 0 to ${size - 1} do not hash to the root of ${name}`);
  };
  const takeHeader = (line) => {
    header = readHeader(line, { logKeys, witnesses, quorum });
    newest = header.newest;
    if (remembered && remembered.size > newest.size)
      fail(`ROLLED BACK: you kept a checkpoint of ${remembered.size} entries, this log has ${newest.size}`);
    if (remembered && remembered.size < header.first)
      fail(
        `the checkpoint you kept is older than entry ${header.first}, the first not pruned: prove it by` +
          ` <ledger>/consistency?from=${remembered.size}&to=${newest.size} with any C2SP tool`,
      );
    wanted.push({ ...newest, name: 'the newest checkpoint' });
    if (remembered) wanted.push({ ...remembered, name: 'the checkpoint you kept' });
    headerDigest = sha256(line).toString('hex');
    size = header.first;
    edge.push(...header.edge);
    prev = size === 0 ? sha256(`countersign-ledger-v1\n${logKeys[0].name}\n`) : null;
    check();
  };
  const takeEntry = (line) => {
    const [encoded, encodedLeaf, ...more] = line.slice(0, -1).split(' ');
    const bytes = decode(encoded, 'the entry');
    const leaf = leafHash(bytes);
    if (more.length > 0 || !leaf.equals(decode(encodedLeaf, 'the leaf hash')))
      fail('the entry does not have the hash that stands beside it');
    const entry = readEntry(bytes);
    if (entry.seq !== BigInt(size)) fail(`it says it is entry ${entry.seq}`);
    if (prev && !entry.prev.equals(prev)) fail('it does not follow the entry before it');
    if (entry.time < time) fail('it is older than the entry before it');
    time = entry.time;
    prev = leaf;
    append(edge, size, leaf);
    size += 1;
    check();
  };
  const takeTrailer = (line) => {
    const trailer = JSON.parse(line);
    const expected = { entries: size - header.first, header: headerDigest, sha256: digest.digest('hex') };
    const isHeaderDamaged = trailer.header !== expected.header && trailer.sha256 !== expected.sha256;
    // What an unknown witness wrote into the header proves nothing there; only here is a change of it seen.
    if (isHeaderDamaged) {
      place = 'header';
      fail('it was damaged: its checksum is another');
    }
    if (line !== `${JSON.stringify(expected)}\n`) fail('it is not that of what stands before it');
    isDone = true;
  };

  for await (const bytes of linesOf(file)) {
    if (isDone) fail('there is something after the end of the export');
    const take = !header ? takeHeader : size < newest.size ? takeEntry : takeTrailer;
    place = !header ? 'header' : size < newest.size ? `entry ${size}` : 'trailer';
    try {
      const line = bytes.toString('utf8');
      if (!line.endsWith('\n')) fail('it is cut short');
      take(line);
    } catch (error) {
      fail(`${place}: ${error.message}`);
    }
    if (!isDone) digest.update(bytes);
  }
  if (!isDone) fail(header ? `the export ends early, after entry ${size - 1}` : 'the export is empty');
  return { size, first: header.first, root: rootOf(edge), cosigned: header.cosigned };
}

async function main() {
  const { values } = parseArgs({
    options: {
      export: { type: 'string' },
      key: { type: 'string', multiple: true },
      checkpoint: { type: 'string' },
      witness: { type: 'string', multiple: true, default: [] },
      quorum: { type: 'string' },
    },
  });
  if (!values.export || !values.key)
    fail('usage: verify-ledger.mjs --export <file> --key <vkey> [--checkpoint <pasted>] [--witness <vkey>]');
  const logKeys = values.key.map(readKey);
  if (logKeys.some((key) => key.type !== 1 || key.name !== logKeys[0].name))
    fail('the keys are not keys of one log');
  const witnesses = values.witness.map(readKey);
  const quorum = values.quorum === undefined ? witnesses.length : Number(values.quorum);
  const pasted =
    values.checkpoint &&
    (existsSync(values.checkpoint)
      ? readFileSync(values.checkpoint, 'utf8')
      : values.checkpoint.replaceAll('\\n', '\n'));
  const remembered = pasted && openCheckpoint(pasted.endsWith('\n') ? pasted : `${pasted}\n`, logKeys);
  const { size, first, root, cosigned } = await verifyExport({
    file: values.export,
    logKeys,
    witnesses,
    quorum,
    remembered,
  });
  const since = remembered
    ? ` Nothing before entry ${remembered.size} changed since the checkpoint you kept.`
    : '';
  const pruned = first > 0 ? ` Entries before ${first} were pruned: only their hashes are in the root.` : '';
  console.log(
    `OK: ${size} entries of ${logKeys[0].name} hash to root ${root.toString('hex')}, cosigned by ${cosigned} of your witnesses.${pruned}${since}`,
  );
}

main().catch((error) => {
  console.error(`FAILED: ${error.message}`);
  process.exitCode = 1;
});
