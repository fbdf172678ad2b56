import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import { type DecidedSession, openExported } from '@earlyexit/evaluation';
import type { CriterionName } from '@earlyexit/exit-criteria';
import type { OnnxSession } from '@earlyexit/inference/onnx';
import { chooseLeaving, type LeavingOptions, type NetworkToTime, requireEarlyExit } from './network-to-time';

/** What an exported file is timed with. */
export interface FileToTimeOptions extends LeavingOptions {
  /** The same network without exits, as `exportStatic` writes it, to compare with; no speed-up is told without it. */
  readonly static?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * An exported file with exits inside. What it is compared with cannot be made of it, and is another file.
 *
 * @param model the path of the file
 * @throws ArgumentError for a file without an early exit, shares where thresholds are built in, and a file to compare with
 *   that is another network; DataError for a damaged file; EnvironmentError without onnxruntime
 */
export async function fileToTime(
  model: string,
  { criterion, shares, static: plain, signal }: FileToTimeOptions = {},
): Promise<NetworkToTime> {
  const { session, policy, isFixed } = await look(model, criterion, signal);
  const { network, inputShape, dtype } = session.file;
  if (isFixed && shares !== undefined) {
    throw new ArgumentError({
      ...{ function: 'fileToTime', argument: 'shares' },
      rule: `thresholds are built into the file: ${policy.thresholds.join(', ')}`,
      received: shares.join(' '),
      remedy: 'Export it with thresholds as an input, or leave the shares out',
    });
  }
  if (plain !== undefined) await requireTwin(plain, network.name, signal);
  requireEarlyExit({ name: network.name, exits: session.metadata.exits }, 'fileToTime');
  const isCalibrated = session.metadata.policy?.criterion === policy.criterion;
  return {
    metadata: { ...network, exits: session.metadata.exits as MultiExitMetadata['exits'] },
    dtype,
    inputShape: inputShape as [number, number, number],
    criterion: policy.criterion,
    leaving: isFixed ? 'built-in' : chooseLeaving(shares, isCalibrated ? policy.thresholds : null),
    async write(folder) {
      // Copies, looked at before they are timed: the files may change meanwhile.
      const copy = async (from: string, name: string): Promise<string> => {
        const to = join(folder, name);
        await copyFile(from, to);
        await look(to, undefined, signal);
        return to;
      };
      return {
        exits: await copy(model, 'exits.onnx'),
        static: plain === undefined ? null : await copy(plain, 'static.onnx'),
        float32: null,
      };
    },
  };
}

/** Reads what a file says of itself, and that onnxruntime can load it; what it says of its policy is not about timing. */
async function look(
  file: string,
  criterion: CriterionName | undefined,
  signal: AbortSignal | undefined,
): Promise<DecidedSession & { readonly session: OnnxSession }> {
  const decided = await openExported({ kind: 'onnx', file }, { criterion, threads: 1, signal });
  decided.session.dispose();
  return decided as DecidedSession & { readonly session: OnnxSession };
}

/** @throws ArgumentError for a file that is not the network of that name without exits */
async function requireTwin(path: string, name: string, signal: AbortSignal | undefined): Promise<void> {
  const { kind, network } = (await look(path, undefined, signal)).session.file;
  if (kind === 'static' && network.name === name) return;
  throw new ArgumentError({
    ...{ function: 'fileToTime', argument: 'static' },
    rule: `it is ${name} exported without exits`,
    received: `${path}, ${network.name} ${kind === 'static' ? 'without' : 'with'} exits`,
  });
}
