import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { EnvironmentError } from '@earlyexit/core';

/** A program that answers each line on its standard input by one line of JSON. */
export interface ChildProgram<Ready> {
  /** What it said when it was ready. */
  readonly ready: Ready;
  ask<Answer>(line: string): Promise<Answer>;
  stop(): void;
}

/**
 * Starts a program that says a line of JSON when it is ready, and one for each question.
 *
 * @param what the program's name, for errors
 * @throws EnvironmentError with the program's last words if it ends before it has answered, or with its own `error`
 */
export async function startChildProgram<Ready>(
  what: string,
  command: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<ChildProgram<Ready>> {
  signal.throwIfAborted();
  const child: ChildProcess = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const stop = (): void => {
    signal.removeEventListener('abort', stop);
    child.kill();
  };
  signal.addEventListener('abort', stop, { once: true });
  let complaints = '';
  child.stderr?.on('data', (text: Buffer) => (complaints = (complaints + text.toString()).slice(-2000)));
  // Writing to a program that has ended is no error of its own: its end is what is reported.
  child.stdin?.on('error', () => undefined);
  const ended = new Promise<null>((resolve) => {
    child.once('error', () => resolve(null)).once('exit', () => resolve(null));
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const next = async <Answer>(): Promise<Answer> => {
    const line = await lines.next();
    signal.throwIfAborted();
    const text = line.done === true ? '' : line.value;
    const answer = text.startsWith('{') ? (JSON.parse(text) as Answer & { error?: string }) : null;
    if (answer !== null && answer.error === undefined) return answer;
    stop();
    await ended;
    throw new EnvironmentError({
      where: what,
      rule: 'the program that is timed answers',
      received: answer?.error ?? (text === '' ? lastLines(complaints) : text),
    });
  };
  try {
    const ready = await next<Ready>();
    return {
      ready,
      ask: (line) => {
        child.stdin?.write(`${line}\n`);
        return next();
      },
      stop,
    };
  } catch (error) {
    stop();
    throw error;
  }
}

function lastLines(text: string): string {
  const lines = text.trim().split('\n');
  return lines.at(-1) === '' ? 'nothing' : lines.slice(-3).join(' ');
}
