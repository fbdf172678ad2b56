import { medianOf } from '../timing/quantile';
import { type PassRequest, startTimedFile, type TimedFileSettings } from './timed-file';

/** What a file costs besides time. */
export interface FileResources {
  /** Median of the times from the file to a session that is ready, in milliseconds. */
  readonly loadMs: number;
  /** By batch size: the most memory that a process held which loaded the file and ran it, in units of 10⁶ bytes. */
  readonly peakMemoryMB: ReadonlyMap<number, number>;
}

/** How often each file is loaded at least: a process that has just begun gives one time. */
const LOADS = 7;
/** How many batches memory is measured with; it does not grow after the second. */
const BATCHES = 3;

/**
 * Loads files in turn, each time in a fresh process, and runs a few batches of each size there, under all of its
 * thresholds.
 */
export async function measureResources(
  files: readonly {
    readonly settings: TimedFileSettings;
    readonly thresholds: readonly PassRequest['thresholds'][];
  }[],
  batches: readonly number[],
  signal?: AbortSignal,
): Promise<FileResources[]> {
  const measured = files.map(() => ({ loads: [] as number[], peaks: new Map<number, number>() }));
  for (let round = 0; round < Math.max(LOADS, batches.length); round++) {
    for (const [index, { settings, thresholds }] of files.entries()) {
      const { loads, peaks } = measured[index]!;
      const file = await startTimedFile(settings, signal);
      try {
        loads.push(file.loadMs);
        const batch = batches[round];
        if (batch === undefined) continue;
        for (const each of thresholds) {
          const pass = await file.pass({ batch, thresholds: each, most: BATCHES * batch });
          peaks.set(batch, pass.peakMemoryMB);
        }
      } finally {
        file.dispose();
      }
    }
  }
  return measured.map(({ loads, peaks }) => ({ loadMs: medianOf(loads), peakMemoryMB: peaks }));
}
