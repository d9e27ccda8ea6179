/**
 * Loaded into each process the demo starts: its standard input is a pipe that only the demo holds, so however the demo
 * dies, `kill -9` included, the pipe closes and the process ends as if asked to. Nothing is left to meet the next start.
 */
const GRACE_MILLISECONDS = 8_000;

process.stdin.once('close', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MILLISECONDS).unref();
});
process.stdin.on('error', () => {});
process.stdin.resume();
