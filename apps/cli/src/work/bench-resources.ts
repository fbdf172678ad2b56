import { medianOf } from './bench-statistics';
import type { BenchVariant, PassRequest } from './bench-variant';

/** A file to be looked at, each time in a process of its own. */
export interface ResourceSubject {
  start(): Promise<BenchVariant>;
  /** What to run it with: all of them, one after the other. */
  readonly thresholds: readonly PassRequest['thresholds'][];
}

/** What a file costs besides time. */
export interface Resources {
  /** Median of the times from the file to a session that is ready, in milliseconds. */
  readonly loadMs: number;
  /** By batch size: the most memory that a process held which loaded the file and ran it, in units of 10⁶ bytes. */
  readonly peakMemoryMB: ReadonlyMap<number, number>;
}

/** How often each file is loaded at least: a process that has just begun gives one time. */
const LOADS = 7;
/** How many batches memory is measured with; it does not grow after the second. */
const BATCHES = 3;

/** Loads files in turn, each in a fresh process, and runs a few batches of each size there. */
export async function measureResources(
  subjects: readonly ResourceSubject[],
  batches: readonly number[],
  signal: AbortSignal,
): Promise<Resources[]> {
  const measured = subjects.map(() => ({ loads: [] as number[], peaks: new Map<number, number>() }));
  for (let round = 0; round < Math.max(LOADS, batches.length); round++) {
    for (const [index, subject] of subjects.entries()) {
      signal.throwIfAborted();
      const variant = await subject.start();
      try {
        const own = measured[index]!;
        own.loads.push(variant.loadMs);
        const batch = batches[round];
        if (batch === undefined) continue;
        for (const thresholds of subject.thresholds) {
          const { peakMemoryMB } = await variant.pass({
            batch,
            thresholds,
            keep: false,
            most: BATCHES * batch,
          });
          own.peaks.set(batch, peakMemoryMB);
        }
      } finally {
        variant.stop();
      }
    }
  }
  return measured.map(({ loads, peaks }) => ({ loadMs: medianOf(loads), peakMemoryMB: peaks }));
}
