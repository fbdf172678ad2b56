import type { MultiExitModel } from '@earlyexit/branch-head';
import type { OpenFile } from '../quantize/measure-file';
import type { Quantization } from '../quantize/activation-range';
import { measureRanges } from '../quantize/measure-ranges';
import type { RangeMethod } from '../quantize/histogram';
import type * as ort from 'onnxruntime-node';
import { channelsFirst, openSession } from './compare';

/** Opens files of a network on onnxruntime. */
export function fileOpener(tensorOf: (data: Float32Array, count: number) => ort.Tensor): OpenFile {
  return async (file) => {
    const session = await openSession(file);
    return {
      async run(images, count) {
        const results = await session.run({ pixel_values: tensorOf(images, count) });
        return Object.fromEntries(
          Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]),
        );
      },
      release: () => session.release(),
    };
  };
}

/** Ranges measured on images, `[count, …inputShape]` in TensorFlow.js's order. */
export function quantizationFor(
  model: MultiExitModel,
  images: Float32Array,
  count: number,
  method?: RangeMethod,
): Promise<Quantization> {
  const pixels = channelsFirst(model, images, count);
  const { Tensor } = ortOf(pixels);
  const batch = async function* () {
    await Promise.resolve();
    yield { data: pixels.data as Float32Array, count };
  };
  return measureRanges(model, {
    open: fileOpener((data, rows) => new Tensor('float32', data, [rows, ...pixels.dims.slice(1)])),
    images: batch,
    ...(method === undefined ? {} : { method }),
  });
}

function ortOf(tensor: ort.Tensor): { readonly Tensor: typeof ort.Tensor } {
  return { Tensor: tensor.constructor as typeof ort.Tensor };
}
