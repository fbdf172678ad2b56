import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { DataError, type WorkOptions } from '@earlyexit/core';
import { packageFolder } from '@earlyexit/core/node';

const run = promisify(execFile);

/** What runs the same network in PyTorch. */
export interface PyTorch {
  /** A Python that has torch. */
  readonly interpreter: string;
  /** `bench/peer/pytorch_peer.py`, whose first lines state its protocol. */
  readonly script: string;
  /** A CIFAR ResNet of so many layers. */
  readonly depth: number;
  /** The residual blocks after which it has exits, from 1 on, counted over all stages. */
  readonly blocks: readonly number[];
}

/**
 * The program for a network in PyTorch; null where there is none, and a warning says why.
 *
 * @param peerPython a Python that has torch; `.peer/bin/python`, then `python3`, unless given
 * @throws DataError if the Python that is named does not import torch
 */
export async function findPyTorch(
  metadata: Pick<MultiExitMetadata, 'name' | 'exits'>,
  peerPython: string | undefined,
  { onNote }: WorkOptions = {},
): Promise<PyTorch | null> {
  const without = (reason: string): null => {
    onNote?.({ level: 'warning', text: `no peer: ${reason}` });
    return null;
  };
  const network = describeNetwork(metadata);
  if (typeof network === 'string') return without(network);
  const script = [
    join(packageFolder(import.meta.url), '..', '..', 'bench', 'peer', 'pytorch_peer.py'),
    resolve('bench/peer/pytorch_peer.py'),
  ].find(existsSync);
  if (script === undefined) {
    return without(
      'bench/peer/pytorch_peer.py, which times PyTorch, comes with the sources of earlyexit only',
    );
  }
  const interpreter = await findPython(peerPython);
  if (interpreter === null) {
    return without(
      'no Python with torch was found; python3 -m venv .peer && .peer/bin/pip install torch numpy gets one (5 GB)',
    );
  }
  return { interpreter, script, ...network };
}

/** The network in the script's terms, or why it has none. */
function describeNetwork({
  name,
  exits,
}: Pick<MultiExitMetadata, 'name' | 'exits'>): { depth: number; blocks: number[] } | string {
  const depth = Number(/^resnet(\d+)_cifar$/.exec(name)?.[1] ?? NaN);
  if (Number.isNaN(depth)) return `the peer knows the CIFAR ResNets with exits attached, not ${name}`;
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
        where: asked,
        argument: 'peerPython',
        rule: 'it is a Python that imports torch',
        remedy: 'Name another one',
        cause,
      });
    }
  }
  return null;
}
