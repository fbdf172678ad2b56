import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DataError } from '@earlyexit/core';

/** What the probing program is asked: see `bin/probe.js`. */
export type ProbeTask = Readonly<Record<string, unknown>>;

/** The slowest network here takes seconds; one that never ends has to be ended. */
const LONGEST_MS = 300_000;

/**
 * Gives a file of unknown origin to onnxruntime in a process of its own.
 *
 * @param where the file's name, for errors
 * @throws DataError if onnxruntime refuses it, dies of it, or does not end; the signal's reason if aborted
 */
export async function probe<Found>(
  task: ProbeTask,
  where: string,
  signal: AbortSignal | undefined,
): Promise<Found> {
  signal?.throwIfAborted();
  const program = fileURLToPath(new URL('../bin/probe.js', import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'pipe'] });
  let [said, complaints, late] = ['', '', false];
  const stop = (): void => void child.kill('SIGKILL');
  const timer = setTimeout(() => {
    late = true;
    stop();
  }, LONGEST_MS);
  signal?.addEventListener('abort', stop, { once: true });
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  child.stderr.on('data', (text: Buffer) => (complaints = (complaints + text.toString()).slice(-1000)));
  // A program that has ended takes no more: its end is what is reported.
  child.stdin.on('error', () => undefined);
  child.stdin.end(`${JSON.stringify(task)}\n`);
  const ended = await new Promise<string>((resolve) => {
    child.once('error', ({ message }) => {
      resolve(message);
    });
    child.once('close', (code, by) => {
      resolve(code === 0 ? '' : `it ended with ${by ?? `code ${code}`}`);
    });
  });
  clearTimeout(timer);
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  const found = said.startsWith('{') ? (JSON.parse(said) as Found & { error?: string }) : null;
  if (found !== null && found.error === undefined) return found;
  const lastWords = complaints.trim().split('\n').at(-1) ?? '';
  throw new DataError({
    where,
    rule: 'onnxruntime can run it',
    received: late
      ? `no end within ${LONGEST_MS / 1000} s`
      : (found?.error?.split('\n')[0] ?? [ended, lastWords].filter(Boolean).join(': ')) || 'nothing',
  });
}
