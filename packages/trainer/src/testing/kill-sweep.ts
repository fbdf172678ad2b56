import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingEvent } from '../training/training-event';

/** How a child process that trains ended. */
export interface Attempt {
  readonly killed: boolean;
  /** The weights, as hexadecimal digits; null if it was killed. */
  readonly weights: string | null;
}

/** When to kill: so many milliseconds after so many steps, whatever the speed of the machine. */
export interface KillMoment {
  readonly steps: number;
  readonly milliseconds: number;
}

/** Runs the training program, and kills it at `moment` or lets it end. */
export async function attempt(
  program: string,
  args: readonly string[],
  moment: KillMoment | null,
): Promise<Attempt> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  let timer: NodeJS.Timeout | undefined;
  child.stderr.on('data', (part: Buffer) => (errors += part.toString()));
  child.stdout.on('data', (part: Buffer) => {
    output += part.toString();
    if (moment === null || timer !== undefined || output.split('step').length <= moment.steps) return;
    timer = setTimeout(() => child.kill('SIGKILL'), moment.milliseconds);
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (...end) => resolve(end));
  });
  clearTimeout(timer);
  if (signal === 'SIGKILL') return { killed: true, weights: null };
  if (code !== 0) throw new Error(`The training ended with ${String(code)}: ${errors}`);
  return { killed: false, weights: /^weights ([0-9a-f]+)$/m.exec(output)?.[1] ?? null };
}

/** The events of a run folder; every line must be whole. */
export async function readEvents(runDirectory: string): Promise<TrainingEvent[]> {
  const lines = (await readFile(join(runDirectory, 'events.jsonl'), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as TrainingEvent);
}
