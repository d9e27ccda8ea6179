import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CountersignError } from '../../src/core/errors.js';
import { root, run } from './steps.js';

/**
 * Compiles our processes, as an installation runs them; gives the directory with `app.js` and the others. Starting one
 * takes half the work it takes from the sources.
 */
export function compilePrograms(): string {
  const out = join(root, 'node_modules/.cache/programs');
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'package.json'), '{"type":"module"}');
  // Incremental: a file that did not change is not written again under a process that starts from it.
  const state = ['--incremental', '--tsBuildInfoFile', join(out, 'tsbuildinfo')];
  if (!run('tsc', '-p', 'tsconfig.build.json', '--noCheck', '--outDir', out, ...state))
    throw new CountersignError('not_compiled', 'The sources do not compile: the lines above say where.');
  return join(out, 'src', 'bin');
}
