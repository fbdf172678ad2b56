import { spawn } from 'node:child_process';

/** The output of a command and how it ended. */
export interface CommandResult {
  /** The exit code; null if the command does not exist or was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, without a shell; never throws for a command that fails or does not exist. */
export function runCommand(
  command: string,
  parameters: readonly string[],
  options: {
    readonly cwd?: string;
    readonly signal?: AbortSignal | undefined;
    readonly env?: NodeJS.ProcessEnv;
  } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...parameters], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.name === 'AbortError') reject(error);
      else resolve({ code: null, stdout, stderr: stderr || error.message });
    });
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The last lines of a command's output, short enough for an error message. */
export function lastWords({ stdout, stderr }: CommandResult): string {
  const lines = `${stdout}\n${stderr}`.trim().split('\n');
  return lines.slice(-4).join(' / ').slice(-600);
}
