import { run, runChecks, say } from './lib/steps.js';

/** `npm run verify`: everything that needs no database. */
const failed = runChecks();
say('\n── units');
if (!run('vitest', 'run', '--project', 'unit')) failed.push('units');
say(failed.length === 0 ? '\nVerified.' : `\nFailed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
