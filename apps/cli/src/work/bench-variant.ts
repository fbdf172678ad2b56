import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnvironmentError } from '@earlyexit/exit-criteria';

/** What one pass over the images gave. */
export interface Pass {
  /** Milliseconds of each batch. */
  readonly latencies: readonly number[];
  /** The exit of each image; empty without exits, or if not asked for. */
  readonly exits: readonly number[];
  /** The score of each image; empty as above. */
  readonly scores: readonly number[];
  /** The most memory the process has held so far, in units of 10⁶ bytes. */
  readonly peakMemoryMB: number;
}

/** What to run in a pass. */
export interface PassRequest {
  readonly batch: number;
  /** One an early exit, encoded as the graph takes them; null is NaN, which JSON does not have. */
  readonly thresholds: readonly (number | null)[] | null;
  /** Whether exits and scores are wanted. */
  readonly keep: boolean;
  /** How many images to take at most; all unless given. */
  readonly most?: number;
}

/** An ONNX file in a process of its own, ready to be timed. */
export interface BenchVariant {
  readonly loadMs: number;
  pass(request: PassRequest): Promise<Pass>;
  stop(): void;
}

/** Starts a process that holds one session. */
export async function startVariant(options: {
  readonly model: string;
  readonly images: string;
  readonly threads: number;
  /** Channels, height, width. */
  readonly shape: readonly number[];
}): Promise<BenchVariant> {
  const { model, images, threads, shape } = options;
  const child = fork(
    join(packageFolder(), 'bin', 'bench-worker.js'),
    [findRuntime().path, model, images, String(threads), shape.join(',')],
    // The flags of this process (a loader, an inspector) are not the other's.
    { execArgv: [], serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
  );
  let complaints = '';
  child.stderr?.on('data', (text: Buffer) => (complaints = (complaints + text.toString()).slice(-2000)));
  const next = <Message>(): Promise<Message> =>
    new Promise((resolve, reject) => {
      const settle = (): void => {
        child.off('message', onMessage).off('exit', onExit);
      };
      const onMessage = (message: unknown): void => {
        settle();
        const { error } = message as { error?: string };
        if (error === undefined) resolve(message as Message);
        else reject(failure(error));
      };
      const onExit = (code: number | null): void => {
        settle();
        reject(failure(`its process ended with ${String(code)}: ${complaints.trim()}`));
      };
      child.on('message', onMessage).on('exit', onExit);
    });
  const { loadMs } = await next<{ loadMs: number }>();
  return {
    loadMs,
    async pass(request) {
      const answer = next<Pass>();
      child.send(request);
      return answer;
    },
    stop: () => void child.kill(),
  };
}

/** The installed onnxruntime for Node. */
export function findRuntime(): { readonly path: string; readonly version: string } {
  const require = createRequire(import.meta.url);
  try {
    const path = require.resolve('onnxruntime-node');
    const manifest = require(join(dirname(dirname(path)), 'package.json')) as { version: string };
    return { path, version: manifest.version };
  } catch (cause) {
    throw new EnvironmentError({
      where: 'bench',
      rule: 'ONNX files are timed on onnxruntime-node, which is not installed',
      remedy: 'Install it: npm install onnxruntime-node',
      cause,
    });
  }
}

/** The folder of this package, from its sources as from what is built of them. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

function failure(received: string): EnvironmentError {
  return new EnvironmentError({ where: 'bench', rule: 'onnxruntime runs the network', received });
}
