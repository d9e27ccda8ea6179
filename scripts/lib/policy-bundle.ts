import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sha256Hex } from '../../src/core/canonical.js';

/** What `policies/compiled/digests.json` holds: SHA-256 of the bundle and of every rule it was compiled from. */
export interface BundleDigests {
  bundle: string;
  rules: Record<string, string>;
}

/** Compiles the rules below `directory` to wasm. The same rules give the same bytes on every machine. */
export function compileRules(opa: string, directory: string): Uint8Array {
  const temporary = mkdtempSync(join(tmpdir(), 'countersign-policies-'));
  try {
    const bundle = join(temporary, 'bundle.tgz');
    const ignored = ['*_test.rego', '*.yaml', '*.json'].flatMap((pattern) => ['--ignore', pattern]);
    // opa writes the paths it is given into the wasm: always `policies/…`, never this machine's.
    const rules = { cwd: dirname(directory) };
    execFileSync(opa, ['build', '-t', 'wasm', ...ignored, '-o', bundle, basename(directory)], rules);
    return memberOfTar(gunzipSync(readFileSync(bundle)), '/policy.wasm');
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

export function digestBundle(bundle: Uint8Array, directory: string): BundleDigests {
  const rules = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.rego') && !file.endsWith('_test.rego'))
    .map((file) => [file.split(sep).join('/'), sha256Hex(readFileSync(join(directory, file)))] as const);
  return { bundle: sha256Hex(bundle), rules: Object.fromEntries(rules.toSorted()) };
}

/** POSIX ustar: headers of 512 bytes (name at 0, size in octal at 124), contents padded to 512. */
function memberOfTar(tar: Buffer, name: string): Uint8Array {
  const text = (from: number, length: number) =>
    tar.toString('latin1', from, from + length).replace(/\0.*$/s, '');
  for (let at = 0; at < tar.length; ) {
    const size = Number.parseInt(text(at + 124, 12), 8) || 0;
    if (text(at, 100) === name) return tar.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`opa built a bundle without ${name}`);
}
