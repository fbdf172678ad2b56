import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import type { CriterionName, Threshold } from '@earlyexit/exit-criteria';
import type { ExportedFiles, Leaving } from '../files/time-files';

/** A network whose exports are timed; `modelToTime` and `fileToTime` make it. */
export interface NetworkToTime {
  readonly metadata: Pick<MultiExitMetadata, 'name' | 'classes' | 'preprocessing' | 'staticMacs' | 'exits'>;
  readonly dtype: 'float32' | 'int8';
  /** Height, width, channels. */
  readonly inputShape: readonly [number, number, number];
  readonly criterion: CriterionName;
  readonly leaving: Leaving;
  /** Writes its exports into a folder. */
  write(folder: string): Promise<ExportedFiles>;
}

/** Who leaves early. */
export interface LeavingOptions {
  /** Of the thresholds; the network's own unless given. */
  readonly criterion?: CriterionName | undefined;
  /**
   * Thresholds are set so that these shares of the images leave at the first exit, and nobody at a later one. Unless
   * given, the network's own thresholds decide; 0, 0.5, 0.7 and 0.9 where it has none.
   */
  readonly shares?: readonly number[] | undefined;
}

/** By the shares that were asked for, else by the network's own thresholds, else by some shares. */
export function chooseLeaving(
  shares: readonly number[] | undefined,
  thresholds: readonly Threshold[] | null,
): Leaving {
  if (shares === undefined && thresholds !== null) return { thresholds };
  return { shares: shares ?? [0, 0.5, 0.7, 0.9] };
}

/** @throws ArgumentError for a network without an early exit */
export function requireEarlyExit(
  { name, exits }: { readonly name: string; readonly exits: readonly unknown[] },
  inside: 'modelToTime' | 'fileToTime',
): void {
  if (exits.length > 1) return;
  throw new ArgumentError({
    ...{ function: inside, argument: 'model' },
    rule: 'the network has an early exit',
    received: `${name}, which has none`,
    remedy: (called) => `Attach some, for instance: ${called('exits')} block4`,
  });
}
