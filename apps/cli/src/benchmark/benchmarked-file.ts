import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import type { CriterionName } from '@earlyexit/exit-criteria';
import { type ExportedNetwork, openExported } from '../model/open-exported';
import { type BenchmarkedNetwork, type BenchInvocation, chooseLeaving } from './benchmarked-network';

/** An exported file; what it is compared with cannot be made of it, and is another file. */
export async function benchmarkedFile(
  file: string,
  { options, output, signal }: BenchInvocation,
): Promise<BenchmarkedNetwork> {
  const { static: plain, criterion: asked, shares } = options;
  refuseForFile(file, options);
  // What it says of running the file is not about timing it.
  const muted = { ...output, note: () => undefined, warn: () => undefined };
  const look = async (path: string, criterion?: CriterionName): Promise<ExportedNetwork> => {
    const location = { kind: 'onnx', path, file: path } as const;
    const model = await openExported(location, { criterion, threads: 1 }, muted, signal);
    model.session.dispose();
    return model;
  };
  const { session, policy, isFixed } = await look(file, asked);
  const { network, inputShape, dtype } = session.file;
  if (isFixed && shares !== undefined) {
    throw new ArgumentError({
      where: '--shares',
      rule: `thresholds are built into the file: ${policy.thresholds.join(', ')}`,
      received: shares.join(' '),
      remedy: 'Export it with --thresholds-as input, or leave --shares out',
    });
  }
  if (plain === undefined) {
    output.warn(
      'without a file to compare with there is no speed-up: export --static the same network and give it as --static',
    );
  } else {
    const other = (await look(plain)).session.file;
    if (other.kind !== 'static' || other.network.name !== network.name) {
      throw new ArgumentError({
        where: '--static',
        rule: `it is ${network.name} as export --static writes it`,
        received: `${plain}, ${other.network.name} ${other.kind === 'static' ? 'without' : 'with'} exits`,
      });
    }
  }
  const isCalibrated = session.metadata.policy?.criterion === policy.criterion;
  return {
    metadata: { ...network, exits: session.metadata.exits as MultiExitMetadata['exits'] },
    dtype,
    inputShape: inputShape as [number, number, number],
    config: null,
    runDirectory: null,
    criterion: policy.criterion,
    leaving: isFixed ? 'built-in' : chooseLeaving(shares, isCalibrated ? policy.thresholds : null),
    async write(folder) {
      // Copies, looked at before they are timed: the files may change meanwhile.
      const copy = async (from: string, name: string): Promise<string> => {
        const to = join(folder, name);
        await copyFile(from, to);
        await look(to);
        return to;
      };
      return {
        exits: await copy(file, 'exits.onnx'),
        static: plain === undefined ? null : await copy(plain, 'static.onnx'),
        float32: null,
      };
    },
  };
}

function refuseForFile(file: string, { dtype, exits }: BenchInvocation['options']): void {
  const refuse = (where: string, rule: string, remedy: string): ArgumentError =>
    new ArgumentError({ where, rule, received: file, remedy });
  if (dtype !== undefined) {
    throw refuse(
      '--dtype',
      'a file has its own type; a network is exported for the occasion',
      'Leave --dtype out',
    );
  }
  if (exits !== undefined) {
    throw refuse(
      '--exits',
      'exits are attached to a network by name; a file has its own',
      'Leave --exits out, or name a plain network',
    );
  }
}
