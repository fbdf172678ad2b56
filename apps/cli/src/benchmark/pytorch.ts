import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { DataError } from '@earlyexit/core';
import { packageFolder, type RunningProgram, startProgram } from '@earlyexit/core/node';
import type { Output } from '../terminal/output';

const run = promisify(execFile);

/** What runs the same network in PyTorch. */
export interface PyTorch {
  /** A Python that has torch. */
  readonly interpreter: string;
  readonly script: string;
  /** `--depth` and `--exits`, which say the network. */
  readonly network: readonly string[];
}

/** What one pass over the images took in PyTorch, in milliseconds an image. */
export interface PyTorchPass {
  /** The network without exits, eager and channels last. */
  readonly eager: number;
  /** The same through `torch.compile`; null where it does not compile here. */
  readonly compiled: number | null;
  /** Eager, with exits and compaction, for each of the shares. */
  readonly earlyExit: readonly number[];
}

/** The program for a network in PyTorch; null where there is none, and a warning says why. */
export async function findPyTorch(
  metadata: Pick<MultiExitMetadata, 'name' | 'exits'>,
  python: string | undefined,
  output: Pick<Output, 'warn'>,
): Promise<PyTorch | null> {
  const network = describeNetwork(metadata);
  if (typeof network === 'string') {
    output.warn(`no peer: ${network}`);
    return null;
  }
  const script = [
    join(packageFolder(import.meta.url), '..', '..', 'bench', 'peer', 'pytorch_peer.py'),
    resolve('bench/peer/pytorch_peer.py'),
  ].find(existsSync);
  if (script === undefined) {
    output.warn(
      'no peer: bench/peer/pytorch_peer.py, which times PyTorch, comes with the sources of earlyexit only',
    );
    return null;
  }
  const interpreter = await findPython(python);
  if (interpreter === null) {
    output.warn(
      'no peer: no Python with torch was found; python3 -m venv .peer && .peer/bin/pip install torch numpy gets one (5 GB)',
    );
    return null;
  }
  const { depth, blocks } = network;
  return { interpreter, script, network: ['--depth', String(depth), '--exits', ...blocks.map(String)] };
}

/** PyTorch running passes, compiled for each batch size; null where it does not start, and a warning says why. */
export async function startPasses(
  peer: PyTorch,
  settings: {
    readonly threads: number;
    readonly batches: readonly number[];
    /** The shares of the images that leave at the first exit. */
    readonly shares: readonly number[];
    /** How many images a pass takes. */
    readonly images: number;
  },
  output: Pick<Output, 'warn' | 'note'>,
  signal: AbortSignal,
): Promise<{ pass(batch: number): Promise<PyTorchPass>; dispose(): void } | null> {
  const { threads, batches, shares, images } = settings;
  output.note('starting PyTorch: a minute or more, for it compiles');
  const program = await orWarn(
    'PyTorch',
    startPyTorch(
      peer,
      [
        ...['passes', ...peer.network, '--threads', String(threads), '--images', String(images)],
        ...['--batch', ...batches.map(String)],
        // Its share is never left out.
        ...['--share', ...(shares.length === 0 ? [0] : shares).map(String)],
      ],
      signal,
    ),
    output,
    signal,
  );
  return (
    program && {
      pass: async (batch) => (await program.ask<{ msPerImage: PyTorchPass }>(batch)).msPerImage,
      dispose: () => program.dispose(),
    }
  );
}

/** Starts PyTorch's script. */
export function startPyTorch(
  { interpreter, script }: PyTorch,
  args: readonly string[],
  signal: AbortSignal,
): Promise<RunningProgram<object>> {
  return startProgram({ name: 'the PyTorch peer', command: interpreter, args: [script, ...args], signal });
}

/** A program that the timing can do without: null where it does not start, and a warning says why. */
export async function orWarn<Program>(
  what: string,
  starting: Promise<Program>,
  output: Pick<Output, 'warn'>,
  signal: AbortSignal,
): Promise<Program | null> {
  try {
    return await starting;
  } catch (error) {
    signal.throwIfAborted();
    output.warn(`${what} was not timed: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/** The network in the script's terms, or why it has none. */
function describeNetwork({
  name,
  exits,
}: Pick<MultiExitMetadata, 'name' | 'exits'>): { depth: number; blocks: number[] } | string {
  const depth = Number(/^resnet(\d+)_cifar$/.exec(name)?.[1] ?? NaN);
  if (Number.isNaN(depth)) return `the peer knows the CIFAR ResNets with --exits, not ${name}`;
  const blocks: number[] = [];
  for (const { attachedAfter, head } of exits.slice(0, -1)) {
    const [, stage, block] = /^layer(\d+)_block(\d+)_relu2$/.exec(attachedAfter ?? '') ?? [];
    if (stage === undefined || head !== 'pooled') {
      return `the peer has pooled heads at the ends of residual blocks, not ${head ?? ''} after ${attachedAfter ?? ''}`;
    }
    blocks.push((Number(stage) - 1) * ((depth - 2) / 6) + Number(block));
  }
  return blocks.length === 0 ? 'the network has no early exit' : { depth, blocks };
}

async function findPython(asked: string | undefined): Promise<string | null> {
  const candidates = asked === undefined ? [resolve('.peer/bin/python'), 'python3'] : [asked];
  for (const candidate of candidates) {
    try {
      await run(candidate, ['-c', 'import torch']);
      return candidate;
    } catch (cause) {
      if (asked === undefined) continue;
      throw new DataError({
        where: '--peer-python',
        rule: 'it is a Python that imports torch',
        received: asked,
        cause,
      });
    }
  }
  return null;
}
