import { readFileSync } from 'node:fs';

const SIGHUP = 1;

/**
 * Calls `listener` for every signal that asks the process to end: Ctrl-C, SIGTERM, and SIGHUP, which comes when the
 * terminal is closed. Under `nohup` SIGHUP stays ignored.
 *
 * @returns a function that takes the listener away again
 */
export function onEndingSignal(listener: () => void): () => void {
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
  if (!ignoresHangup()) signals.push('SIGHUP');
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

/** Whether the process was started with SIGHUP ignored, which a listener would undo. Only Linux tells. */
function ignoresHangup(): boolean {
  if (process.platform === 'win32') return false;
  try {
    const [, mask = '0'] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return (BigInt(`0x${mask}`) & (1n << BigInt(SIGHUP - 1))) !== 0n;
  } catch {
    return false;
  }
}
