import { exitCode } from './exit-code';
import { run } from './run';

// Standard output belongs to the result: TensorFlow.js prints banners with console.log and console.info.
console.log = console.error;
console.info = console.error;
console.debug = console.error;
console.warn = console.error;

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`earlyexit models | head -1`) is no failure.
  if (error.code === 'EPIPE') process.exit(exitCode.done);
  process.stderr.write(`error: the result could not be written to standard output: ${error.message}\n`);
  process.exit(exitCode.failed);
});

const code = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  // The clock of performance.now() starts with the process.
  startedAt: 0,
  environment: process.env,
  onInterrupt(listener) {
    process.on('SIGINT', listener);
    process.on('SIGTERM', listener);
    return () => {
      process.off('SIGINT', listener);
      process.off('SIGTERM', listener);
    };
  },
  leave: (leaveWith) => process.exit(leaveWith),
});
// Engines may keep timers and workers; what was written is flushed first.
process.stdout.write('', (error) => {
  // The listener above says what went wrong and leaves.
  if (error) return;
  process.stderr.write('', () => process.exit(code));
});
