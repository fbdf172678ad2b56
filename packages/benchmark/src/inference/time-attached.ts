import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkOptions } from '@earlyexit/core';
import type { LookedAtImages } from '@earlyexit/datasets';
import { preprocess } from '@earlyexit/inference';
import { benchmarkInference } from './benchmark-inference';
import { fileToTime } from './file-to-time';

/** A file with exits, and the network without them: what `attachToOnnx` and `cascadeOnnx` return. */
export interface AttachedToTime {
  readonly file: Uint8Array;
  readonly withoutExits: () => Promise<Uint8Array>;
  /** Positions of images that nothing was chosen by. */
  readonly reportRows: Int32Array;
}

/** What a file gains in time, with batches of one size. */
export interface AttachedTiming {
  readonly batch: number;
  /** How many times faster than the network without exits, the median of rounds in turn; null where none was timed. */
  readonly speedup: number | null;
  /** Holds `speedup` with at least 95 % confidence. */
  readonly speedupInterval: readonly [low: number, high: number] | null;
  /** The network's multiply-accumulates over the mean of the images that were timed. */
  readonly macsRatio: number;
  /** `speedup / macsRatio` */
  readonly efficiency: number | null;
}

/** A pass without exits should take some seconds at most; a core does some 10⁹ multiply-accumulates in 0.1 s. */
const MACS_IN_PASS = 2e10;
const [FEWEST_IMAGES, MOST_IMAGES] = [16, 256];
const ROUNDS = 7;

/**
 * Times a file with exits against the network without them, on one thread, each in a process of its own, on images that
 * nothing was chosen by.
 *
 * @param images those that `attachToOnnx` or `cascadeOnnx` was given
 * @param batches sizes of batches; 1 and 64 unless given
 * @throws EnvironmentError without onnxruntime, or if a process ends before it has answered; the signal's reason
 */
export async function timeAttached(
  { file, withoutExits, reportRows }: AttachedToTime,
  images: Pick<LookedAtImages, 'read'>,
  { batches = [1, 64], signal, onProgress }: WorkOptions & { readonly batches?: readonly number[] } = {},
): Promise<AttachedTiming[]> {
  const folder = await mkdtemp(join(tmpdir(), 'earlyexit-time-'));
  try {
    const [exits, plain] = [join(folder, 'with.onnx'), join(folder, 'without.onnx')];
    await writeFile(exits, file);
    await writeFile(plain, await withoutExits());
    const network = await fileToTime(exits, { static: plain, signal });
    const { preprocessing, staticMacs } = network.metadata;
    const { inputShape, mean, standardDeviation } = preprocessing!;
    const wanted = Math.max(FEWEST_IMAGES, Math.min(MOST_IMAGES, Math.round(MACS_IN_PASS / staticMacs)));
    const samples = {
      size: reportRows.length,
      labels: new Int32Array(reportRows.length),
      imageShape: inputShape,
      load: async (rows: Int32Array): Promise<Float32Array> => {
        const positions = rows.map((row) => reportRows[row]!);
        const bytes = await images.read(positions, { signal, imageShape: inputShape });
        return preprocess(bytes, { inputShape, mean, standardDeviation });
      },
    };
    const { rows } = await benchmarkInference(network, {
      ...{ images: { samples, title: 'images' }, count: wanted, batches, rounds: ROUNDS },
      ...{ signal, onProgress },
    });
    return rows
      .filter(({ variant }) => variant === 'early-exit')
      .map(({ batch, speedup, speedupInterval, macsRatio, efficiency }) => ({
        ...{ batch, speedup, speedupInterval, macsRatio, efficiency },
      }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
