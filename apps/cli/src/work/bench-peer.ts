import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { DataError } from '@earlyexit/exit-criteria';
import type { Output } from '../output';
import { packageFolder } from './bench-variant';

const run = promisify(execFile);

/** What PyTorch took, in milliseconds an image. */
export interface PeerTimes {
  /** The network without exits, eager or compiled, whichever is faster. */
  readonly best: number;
  /** Eager, with exits and compaction. */
  readonly earlyExit: number;
}

/** The times of the peer for each setting; `null` where there are none, and standard error says why. */
export type PeerLookup = (setting: { threads: number; batch: number; share: number }) => PeerTimes | null;

/** What runs the same network in PyTorch. */
export interface PeerProgram {
  /** A Python that has torch. */
  readonly interpreter: string;
  readonly script: string;
  /** `--depth` and `--exits`, which say the network. */
  readonly network: readonly string[];
}

/** The peer's program for a network; `null` where there is none, and standard error says why. */
export async function findPeer(
  metadata: Pick<MultiExitMetadata, 'name' | 'exits'>,
  python: string | undefined,
  output: Output,
): Promise<PeerProgram | null> {
  const network = describeNetwork(metadata);
  if (typeof network === 'string') {
    output.warn(`no peer: ${network}`);
    return null;
  }
  const script = [
    join(packageFolder(), '..', '..', 'bench', 'peer', 'pytorch_peer.py'),
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
  return {
    interpreter,
    script,
    network: ['--depth', String(depth), '--exits', ...blocks.map(String)],
  };
}

/** Times the same network in PyTorch, if this is a network that the peer knows and a Python with torch is found. */
export async function timePeer(
  metadata: Pick<MultiExitMetadata, 'name' | 'exits'>,
  settings: {
    readonly threads: readonly number[];
    readonly batches: readonly number[];
    readonly shares: readonly number[];
  },
  python: string | undefined,
  output: Output,
  signal: AbortSignal,
): Promise<PeerLookup> {
  const peer = await findPeer(metadata, python, output);
  if (peer === null) return () => null;
  const rows: {
    threads: number;
    batch: number;
    share: number;
    bestStatic: number;
    msPerImage: { earlyExit: number };
  }[] = [];
  for (const share of settings.shares) {
    output.note(
      `timing PyTorch with ${String(share * 100)} % of the images leaving early: minutes, for it compiles`,
    );
    const { stdout } = await run(
      peer.interpreter,
      [
        ...[peer.script, 'infer', ...peer.network],
        ...['--share', String(share), '--batch', ...settings.batches.map(String)],
        ...['--threads', ...settings.threads.map(String)],
      ],
      { signal, maxBuffer: 1e7 },
    );
    rows.push(...(JSON.parse(stdout) as { rows: typeof rows }).rows);
  }
  return ({ threads, batch, share }) => {
    const row = rows.find((each) => each.threads === threads && each.batch === batch && each.share === share);
    return row === undefined ? null : { best: row.bestStatic, earlyExit: row.msPerImage.earlyExit };
  };
}

/** The network in the peer's terms, or why it has none. */
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
