import { exitCode } from './exit-code';
import { run } from './run';
import { onEndingSignal } from './terminal/ending-signals';

// Standard output belongs to the result: TensorFlow.js prints banners with console.log and console.info.
console.log = console.error;
console.info = console.error;
console.debug = console.error;
console.warn = console.error;

/** Whether work is going on that must be saved before the process may end. */
let isWorking = false;

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`earlyexit models | head -1`), or a terminal that was closed, is no failure; and work
  // that goes on is worth more than its words: the result is in the run folder.
  if (isLost(error)) {
    if (!isWorking) process.exit(exitCode.done);
    return;
  }
  process.stderr.write(`error: the result could not be written to standard output: ${error.message}\n`);
  process.exit(exitCode.failed);
});
// Where nobody reads what happens, nothing is to be said; whatever is wrong with the stream, the work is not.
process.stderr.on('error', () => undefined);

/** Whether a stream has lost its reader: a pipe that was closed, a terminal that is gone. */
function isLost({ code: reason }: NodeJS.ErrnoException): boolean {
  return reason === 'EPIPE' || reason === 'EIO' || reason === 'ERR_STREAM_DESTROYED';
}

const code = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  // The clock of performance.now() starts with the process.
  startedAt: 0,
  environment: process.env,
  onInterrupt(listener) {
    isWorking = true;
    const off = onEndingSignal(listener);
    return () => {
      isWorking = false;
      off();
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
