import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { EnvironmentError } from '../../errors/environment-error';

/** A program in a separate process that answers questions in turn, each a line of JSON. */
export interface RunningProgram<Ready> {
  /** What it printed when it was ready. */
  readonly ready: Ready;
  /** @throws EnvironmentError with its last words if it ends before it has answered, or with its own error */
  ask<Answer>(question: unknown): Promise<Answer>;
  /** Ends the process. */
  dispose(): void;
}

/** Options of `startProgram`. */
export interface ProgramOptions {
  /** Its name in errors: `the PyTorch peer`. */
  readonly name: string;
  /** The Node that runs this program unless given. */
  readonly command?: string;
  readonly args: readonly string[];
  /** Aborting ends the process too. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts a program that prints a line of JSON when it is ready, and then one for each line that it reads; our own
 * programs do so with `answerQuestions`.
 *
 * @throws EnvironmentError as `ask`
 */
export async function startProgram<Ready>(options: ProgramOptions): Promise<RunningProgram<Ready>> {
  const { name, command = process.execPath, args, signal } = options;
  signal?.throwIfAborted();
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const dispose = (): void => {
    signal?.removeEventListener('abort', dispose);
    child.kill();
  };
  signal?.addEventListener('abort', dispose, { once: true });
  let complaints = '';
  child.stderr.on('data', (text: Buffer) => (complaints = (complaints + text.toString()).slice(-2000)));
  // Writing to a program that has ended is not reported, because its end is.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<string>((resolve) => {
    child
      .once('error', ({ message }) => resolve(message))
      // Not `exit`, because output may still arrive after that.
      .once('close', (code, by) =>
        resolve(code === 0 ? '' : `it ended with ${by ?? `code ${String(code)}`}`),
      );
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <Answer>(): Promise<Answer> => {
    const line = await lines.next();
    signal?.throwIfAborted();
    const text = line.done === true ? '' : line.value;
    const answer = text.startsWith('{') ? (JSON.parse(text) as Answer & { error?: string }) : null;
    if (answer !== null && answer.error === undefined) return answer;
    dispose();
    const end = await ended;
    throw new EnvironmentError({
      where: name,
      rule: 'the program answers',
      received:
        answer?.error ?? (text || [end, lastLines(complaints)].filter(Boolean).join(': ') || 'nothing'),
    });
  };
  try {
    const ready = await next<Ready>();
    return {
      ready,
      ask(question) {
        child.stdin.write(`${JSON.stringify(question)}\n`);
        return next();
      },
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' ');
}
