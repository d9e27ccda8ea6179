import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { root, run, runChecks, say } from './lib/steps.js';
import { setUpTestTools } from './lib/test-tools.js';

/** `npm test`: everything there is. Arguments go to vitest. */
const report = join(root, 'node_modules/.cache/vitest-report.json');
const Counts = z.object({ numPassedTests: z.int(), numFailedTests: z.int(), numPendingTests: z.int() });

setUpTestTools();
const failedChecks = runChecks();
say('\n── tests');
mkdirSync(dirname(report), { recursive: true });
rmSync(report, { force: true });
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const passed = run('vitest', 'run', ...reporters, ...process.argv.slice(2));
const counts = existsSync(report)
  ? Counts.parse(JSON.parse(readFileSync(report, 'utf8')))
  : { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0 };
if (failedChecks.length > 0) say(`\nChecks that failed: ${failedChecks.join(', ')}.`);
const failed = counts.numFailedTests + failedChecks.length;
say(`\n${counts.numPassedTests} passed, ${failed} failed, ${counts.numPendingTests} skipped`);
process.exitCode = passed && failed === 0 ? 0 : 1;
