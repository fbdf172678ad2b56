import type { MultiExitMetadata } from '@earlyexit/branch-head';
import type { ExportedFiles, Leaving } from '@earlyexit/evaluation';
import type { RunConfig } from '@earlyexit/runs';
import type { Invocation } from '../command';
import type { bench } from '../commands/bench/options';

/** What `bench` was asked. */
export type BenchInvocation = Invocation<typeof bench>;

/** A network whose exports are timed. */
export interface BenchmarkedNetwork {
  readonly metadata: Pick<MultiExitMetadata, 'name' | 'classes' | 'preprocessing' | 'staticMacs' | 'exits'>;
  readonly dtype: string;
  /** Height, width, channels. */
  readonly inputShape: readonly [number, number, number];
  /** Of the run that it comes from. */
  readonly config: RunConfig | null;
  readonly runDirectory: string | null;
  readonly criterion: string;
  readonly leaving: Leaving;
  /** Writes its exports into a folder. */
  write(folder: string): Promise<ExportedFiles>;
}

/** Who leaves early: by the shares that were asked for, else by the network's own thresholds, else by some shares. */
export function chooseLeaving(
  shares: readonly number[] | undefined,
  thresholds: Extract<Leaving, { thresholds: unknown }>['thresholds'] | null,
): Leaving {
  if (shares === undefined && thresholds !== null) return { thresholds };
  return { shares: shares ?? [0, 0.5, 0.7, 0.9] };
}
