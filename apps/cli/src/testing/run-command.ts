import { Readable } from 'node:stream';
import { run } from '../run';

/** What a run of the command line in this process left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON. */
  json(): unknown;
}

/** Runs the command line in this process and keeps what it writes. For tests. */
export async function runCommand(
  argv: readonly string[],
  options: {
    readonly stdin?: Uint8Array | undefined;
    readonly terminal?: boolean;
    readonly environment?: Record<string, string>;
    /** Given a function that does what Ctrl-C does. */
    readonly onStart?: (interrupt: () => void) => void;
    readonly onError?: (text: string) => void;
  } = {},
): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const { terminal = false } = options;
  const code = await run(argv, {
    stdin: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    stdout: { write: (text) => (stdout += text), isTTY: terminal, columns: 100 },
    stderr: {
      write: (text) => {
        stderr += text;
        options.onError?.(text);
      },
      isTTY: terminal,
      columns: 100,
    },
    startedAt: performance.now(),
    environment: options.environment ?? {},
    onInterrupt(listener) {
      options.onStart?.(listener);
      return () => undefined;
    },
    leave(exitCode) {
      throw new Error(`left at once with ${String(exitCode)}`);
    },
  });
  return { code, stdout, stderr, json: () => JSON.parse(stdout) as unknown };
}
