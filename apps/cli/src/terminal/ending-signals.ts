import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * Calls `listener` for every signal that asks the process to end: Ctrl-C, SIGTERM, and SIGHUP, which comes when the
 * terminal is closed. Under `nohup` SIGHUP stays ignored.
 *
 * @returns a function that takes the listener away again
 */
export function onEndingSignal(listener: () => void): () => void {
  const ignore = (): void => undefined;
  const listeners = [
    ['SIGINT', listener],
    ['SIGTERM', listener],
    ['SIGHUP', startedByNohup() ? ignore : listener],
  ] as const;
  for (const [signal, each] of listeners) process.on(signal, each);
  return () => {
    for (const [signal, each] of listeners) process.off(signal, each);
  };
}

/**
 * Whether `nohup` started the process. It asks by the disposition of SIGHUP, which Node puts back before any JavaScript
 * runs, so that only its traces are left: its name where shells leave it, its output file, and a standard input that can
 * only be written to.
 */
function startedByNohup(): boolean {
  if (basename(process.env['_'] ?? '') === 'nohup') return true;
  return [1, 2].some((stream) => basename(targetOf(stream)) === 'nohup.out') || isInputUnreadable();
}

function isInputUnreadable(): boolean {
  if (targetOf(0) !== '/dev/null') return false;
  try {
    // The last octal digit is the access mode; 1 is O_WRONLY.
    return /^flags:\s*[0-7]*1$/m.test(readFileSync('/proc/self/fdinfo/0', 'utf8'));
  } catch {
    return false;
  }
}

/** What a stream of this process leads to; empty where the system does not say. */
function targetOf(stream: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${String(stream)}`);
  } catch {
    return '';
  }
}
