import type { ExaminedNetwork } from '@earlyexit/attach/browser';
import { openRuntime } from '../open-runtime';

/** How long one sample takes on the reader's machine, in milliseconds. */
export interface ExitTimes {
  /** The network without exits. */
  readonly plainMs: number;
  /** With the exit, for a sample that leaves there. */
  readonly leavingMs: number;
  /** With the exit, for one that goes all the way. */
  readonly goingOnMs: number;
}

/** The first is not counted: it prepares what later ones use. */
const ROUNDS = 16;

/**
 * Times a network without its exit and with it, in turn, on one sample of noise: what leaves is decided by the threshold
 * alone.
 *
 * @param plain takes float32
 */
export async function timeExits(
  plain: Uint8Array,
  conditional: Uint8Array,
  { name, layout, size: [height, width, channels] }: ExaminedNetwork['input'],
): Promise<ExitTimes> {
  const { InferenceSession, Tensor } = await openRuntime();
  const [without, withExit] = [
    await InferenceSession.create(plain, { logSeverityLevel: 4 }),
    await InferenceSession.create(conditional, { logSeverityLevel: 4 }),
  ];
  const dims = layout === 'channels-first' ? [1, channels, height, width] : [1, height, width, channels];
  const values = Float32Array.from({ length: height * width * channels }, (_, i) => Math.sin(i));
  const own = { [name]: new Tensor('float32', values, dims) };
  const fed = (threshold: number) => ({
    pixel_values: new Tensor('float32', values, [1, channels, height, width]),
    thresholds: new Tensor('float32', [threshold], [1]),
  });
  const runs = {
    plainMs: () => without.run(own),
    leavingMs: () => withExit.run(fed(-Infinity)),
    goingOnMs: () => withExit.run(fed(Infinity)),
  };
  const times: Record<keyof ExitTimes, number[]> = { plainMs: [], leavingMs: [], goingOnMs: [] };
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const [what, run] of Object.entries(runs) as [keyof ExitTimes, () => Promise<unknown>][]) {
        const start = performance.now();
        await run();
        if (round > 0) times[what].push(performance.now() - start);
      }
    }
  } finally {
    await without.release();
    await withExit.release();
  }
  const median = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
  return {
    plainMs: median(times.plainMs),
    leavingMs: median(times.leavingMs),
    goingOnMs: median(times.goingOnMs),
  };
}
