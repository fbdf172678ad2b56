import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './workspace';

/** What became of one mutated file. */
export interface FuzzReport {
  readonly seed: number;
  /** What was done to which file. */
  readonly done: string;
  readonly outcome: string;
  readonly milliseconds: number;
}

/** What became of all of them. */
export interface FuzzSummary {
  readonly reports: readonly FuzzReport[];
  /** The seeds at which a process ended or stood still, with what was done. */
  readonly crashes: readonly string[];
  /** The most memory that a process had at any time. */
  readonly memoryBytes: number;
}

/** Longer than any file takes, by far. */
const HANG_MS = 60_000;

/**
 * Runs a worker over seeds, some hundreds a process, and goes on behind a seed at which its process crashed or hung.
 *
 * @param worker a module of this folder
 * @param parameters of the worker, before the first seed and how many there are
 */
export async function fuzzInProcesses(
  worker: string,
  parameters: readonly string[],
  { count, perProcess }: { readonly count: number; readonly perProcess: number },
): Promise<FuzzSummary> {
  const folder = mkdtempSync(join(tmpdir(), 'earlyexit-fuzz-'));
  const bundle = join(folder, 'worker.mjs');
  const packages = join(root, 'packages');
  await build({
    entryPoints: [join(root, 'tests', worker)],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['onnxruntime-node', 'onnxruntime-web'],
    // What is CommonJS inside asks for Node's own modules.
    banner: { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);" },
    plugins: [
      {
        name: 'sources',
        setup({ onResolve }) {
          onResolve({ filter: /^@earlyexit\// }, ({ path }) => {
            const [, name = '', entry = 'index'] = path.split('/');
            const source = join(packages, name, 'src', `${entry}.ts`);
            return existsSync(source) ? { path: source } : null;
          });
          // It looks for its native part beside itself.
          onResolve({ filter: /^koffi$/ }, ({ path }) => ({
            path: createRequire(join(packages, 'inference/package.json')).resolve(path),
            external: true,
          }));
        },
      },
    ],
    logLevel: 'error',
  });
  const reports: FuzzReport[] = [];
  const crashes: string[] = [];
  let memoryBytes = 0;
  for (let next = 0; next < count;) {
    const size = Math.min(perProcess, count - next);
    const ended = await new Promise<{ after: number; memoryBytes: number }>((resolve) => {
      const child = fork(bundle, [...parameters, String(next), String(size)], {
        execArgv: [],
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
      let complaints = '';
      let current = { seed: next - 1, done: 'the start' };
      let memory = 0;
      let isHung = false;
      let clock = setTimeout(hang, HANG_MS);
      function hang(): void {
        isHung = true;
        child.kill('SIGKILL');
      }
      child.stderr?.on('data', (text: Buffer) => (complaints = (complaints + text.toString()).slice(-1000)));
      child.on('message', (message: FuzzReport | { memoryBytes: number }) => {
        clearTimeout(clock);
        clock = setTimeout(hang, HANG_MS);
        if ('memoryBytes' in message) memory = message.memoryBytes;
        else {
          current = message;
          if ('outcome' in message) reports.push(message);
        }
      });
      child.on('exit', (code, signal) => {
        clearTimeout(clock);
        if (code !== 0 || memory === 0) {
          crashes.push(
            `seed ${current.seed} (${current.done}): ${isHung ? 'hung' : `ended with ${code ?? signal}`} ${complaints.trim()}`,
          );
          resolve({ after: current.seed + 1, memoryBytes: 0 });
        } else resolve({ after: next + size, memoryBytes: memory });
      });
    });
    memoryBytes = Math.max(memoryBytes, ended.memoryBytes);
    next = Math.max(ended.after, next + 1);
  }
  rmSync(folder, { recursive: true, force: true });
  return { reports, crashes, memoryBytes };
}
