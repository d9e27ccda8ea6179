import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { CountersignError } from '../core/errors.js';

/** The key files of this process, wherever they are kept. */
export interface ProcessKeys {
  /** One file, parsed. Throws `key_unreadable`, which quotes nothing of it. */
  read<S extends z.ZodType>(file: string, schema: S): z.infer<S>;
}

export const keysInDirectory = (directory: string): ProcessKeys =>
  keysFrom(directory, (file) => readFileSync(join(directory, file), 'utf8'));

/** `texts`: a file's content by its name, as it was found in `place`. */
export const keysInMemory = (place: string, texts: ReadonlyMap<string, string>): ProcessKeys =>
  keysFrom(place, (file) => texts.get(file) ?? '');

function keysFrom(place: string, textOf: (file: string) => string): ProcessKeys {
  return {
    read(file, schema) {
      try {
        return schema.parse(JSON.parse(textOf(file)));
      } catch {
        // Without the cause: a parser's message may quote the key.
        throw new CountersignError(
          'key_unreadable',
          `The key file ${file} in ${place} is missing or not what it should be.`,
        );
      }
    },
  };
}
