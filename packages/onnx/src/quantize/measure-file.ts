import type { Quantization } from './activation-range';
import { Histogram, type RangeMethod } from './histogram';

/** A graph that a runtime has opened. */
export interface OpenGraph {
  /** Runs images, `[count, channels, height, width]`, and returns every output by its name. */
  run(images: Float32Array, count: number): Promise<Readonly<Record<string, Float32Array>>>;
  release(): Promise<void>;
}

/**
 * Opens a file on a runtime. `@earlyexit/onnx` has none of its own: use `graphOpener` of `@earlyexit/inference/onnx`.
 *
 * @param inputShape the shape of `pixel_values` without the batch, channels first
 */
export type OpenFile = (file: Uint8Array, inputShape: readonly number[]) => Promise<OpenGraph>;

/** Images to measure on, in batches; they are read twice. */
export type ImageBatches = () => AsyncIterable<{ readonly data: Float32Array; readonly count: number }>;

/** How ranges are measured. */
export interface MeasureOptions {
  readonly open: OpenFile;
  /** Channels first, preprocessed. */
  readonly images: ImageBatches;
  /** `mse` unless given. */
  readonly method?: RangeMethod;
}

/** A file that gives out what an int8 file would store. */
export interface MeasuredFile {
  readonly file: Uint8Array;
  /** The names of the outputs to measure, with what they are in the network; the input is not among the outputs. */
  readonly origins: ReadonlyMap<string, string>;
  /** Of `pixel_values` without the batch, channels first. */
  readonly inputShape: readonly number[];
}

/**
 * Runs a file on images and chooses the range of every tensor that an int8 file stores as uint8. The first pass finds the
 * extremes, the second counts the values between them.
 */
export async function measureFile(
  { file, origins, inputShape }: MeasuredFile,
  { open, images, method = 'mse' }: MeasureOptions,
): Promise<Quantization> {
  const graph = await open(file, inputShape);
  try {
    const extremes = new Map<string, { min: number; max: number }>();
    for await (const { data, count } of images()) {
      const outputs = await graph.run(data, count);
      for (const [name, origin] of origins) {
        const seen = extremes.get(origin) ?? { min: Infinity, max: -Infinity };
        // The input is not among the outputs.
        for (const value of outputs[name] ?? data) {
          if (value < seen.min) seen.min = value;
          if (value > seen.max) seen.max = value;
        }
        extremes.set(origin, seen);
      }
    }
    if (method === 'min-max') return extremes;
    const histograms = new Map([...extremes].map(([origin, range]) => [origin, new Histogram(range)]));
    for await (const { data, count } of images()) {
      const outputs = await graph.run(data, count);
      for (const [name, origin] of origins) histograms.get(origin)!.add(outputs[name] ?? data);
    }
    return new Map([...histograms].map(([origin, histogram]) => [origin, histogram.choose(method)]));
  } finally {
    await graph.release();
  }
}
