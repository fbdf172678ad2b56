import type { MultiExitModel } from '@earlyexit/branch-head';
import { writeExits } from '../export-exits';
import type { Quantization } from './activation-range';
import { measureFile, type MeasureOptions } from './measure-file';

/**
 * Runs the float32 network on images and chooses the range of every tensor that an int8 file stores as uint8.
 *
 * @throws ArgumentError for a layer that is not supported
 */
export async function measureRanges(model: MultiExitModel, options: MeasureOptions): Promise<Quantization> {
  const written = await writeExits(model, { intermediates: true });
  return measureFile({ ...written, inputShape: inputShapeOf(model) }, options);
}

/** The shape of a network's images in exported files: without the batch, channels first. */
export function inputShapeOf({ model }: MultiExitModel): number[] {
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  return shape.length === 3 ? [shape[2]!, shape[0]!, shape[1]!] : shape;
}
