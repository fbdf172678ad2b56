import type { MultiExitModel } from '@earlyexit/branch-head';
import { seededNoise } from '@earlyexit/core';
import type { Quantization } from './activation-range';
import { sampleRanges, type SampleRangesOptions } from './sample-ranges';

const IMAGES = 256;

/**
 * Ranges measured on seeded noise: good for timing a network, not for its answers.
 *
 * @throws as `sampleRanges`
 */
export function noiseRanges(
  model: MultiExitModel,
  { seed = 0, ...options }: SampleRangesOptions & { readonly seed?: number | undefined },
): Promise<Quantization> {
  const shape = model.model.inputs[0]!.shape.slice(1) as number[];
  const size = shape.reduce((product, axis) => product * axis, 1);
  const noise = seededNoise(IMAGES * size, seed);
  const load = (rows: Int32Array) => Promise.resolve(noise.slice(rows[0]! * size, (rows.at(-1)! + 1) * size));
  return sampleRanges(model, { size: IMAGES, load }, options);
}
