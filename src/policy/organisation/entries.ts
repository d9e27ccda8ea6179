import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import type { Fault } from './faults.js';

/** One `id: {…}` of a YAML file, and where each part of it stands. */
export interface Entry {
  id: string;
  value: unknown;
  file: string;
  /** The line of the key or item at `path`, or of the nearest parent that is there. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** Reads every entry of every file of a folder, by name; what cannot be read is added to `faults`. */
export function readEntries(folder: string, faults: Fault[]): Entry[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .toSorted()
    .flatMap((name) => {
      const file = relative(process.cwd(), join(folder, name));
      if (name.endsWith('.yaml')) return parseEntries(readFileSync(join(folder, name), 'utf8'), file, faults);
      faults.push({
        code: 'unexpected_file',
        file,
        line: 1,
        message: 'only .yaml files are read here; rename or move this one',
      });
      return [];
    });
}

function parseEntries(text: string, file: string, faults: Fault[]): Entry[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const fault = (line: number, message: string) => faults.push({ code: 'syntax', file, line, message });
  for (const problem of [...document.errors, ...document.warnings])
    fault(problem.linePos?.[0].line ?? 1, problem.message.split('\n')[0] ?? problem.code);
  if (document.errors.length > 0 || document.contents === null) return [];
  if (!isMap(document.contents)) {
    fault(1, 'write one entry after the other, each as `id:` with its members indented below');
    return [];
  }
  return document.contents.items.map((pair) => {
    const lineOf = (path: readonly PropertyKey[]) => lines.linePos(offsetOf(pair, path)).line;
    const value: unknown = isNode(pair.value) ? pair.value.toJS(document) : null;
    return { id: keyOf(pair), value, file, lineOf };
  });
}

function offsetOf(pair: Pair, path: readonly PropertyKey[]): number {
  let offset = startOf(pair.key);
  let node = pair.value;
  for (const step of path) {
    if (isMap(node)) {
      const member = node.items.find((item) => keyOf(item) === String(step));
      if (member === undefined) break;
      offset = startOf(member.key);
      node = member.value;
    } else if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
      node = node.items[step];
      offset = startOf(node);
    } else break;
  }
  return offset;
}

const isNode = (value: unknown): value is Node => isMap(value) || isSeq(value) || isScalar(value);
const startOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);
const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : String(pair.key));
