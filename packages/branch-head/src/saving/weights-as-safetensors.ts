import { ArgumentError, DataError } from '@earlyexit/core';
import { type HostTensor, readFloatTensors, writeSafetensors } from '@earlyexit/core/safetensors';
import { weightSize, type WeightSpecification } from './weight-specifications';

// What a tensor occupies in the header besides its name, with room to spare.
const HEADER_BYTES = 1024;

/**
 * Weight data of TensorFlow.js as a safetensors file; tensors are named after the weights.
 *
 * @throws ArgumentError if a weight is not a float
 */
export function toSafetensors(
  specifications: readonly WeightSpecification[],
  data: ArrayBuffer,
  floats: 'float32' | 'float16',
): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, HostTensor>();
  let offset = 0;
  for (const each of specifications) {
    if (each.dtype !== 'float32') {
      throw new ArgumentError({
        function: 'saveModel',
        argument: 'weights',
        rule: 'weights of floats alone are written as safetensors',
        received: `'${each.name}', ${each.dtype}`,
      });
    }
    tensors.set(each.name, { shape: each.shape, values: new Float32Array(data, offset, weightSize(each)) });
    offset += weightSize(each) * Float32Array.BYTES_PER_ELEMENT;
  }
  return writeSafetensors(tensors, {}, floats);
}

/**
 * The inverse: weight data as TensorFlow.js expects them.
 *
 * @throws DataError if the file is damaged, or does not hold these weights
 */
export function fromSafetensors(
  file: Uint8Array,
  specifications: readonly WeightSpecification[],
  where: string,
): ArrayBuffer {
  const tensors = readFloatTensors(file, where);
  const found = specifications.map(({ name, shape, dtype }) => {
    const tensor = tensors.get(name);
    if (dtype === 'float32' && tensor?.shape.join() === shape.join()) return tensor.values;
    throw new DataError({
      where,
      rule: `there is a tensor '${name}' of floats, [${shape.join(', ')}]`,
      received: tensor === undefined ? 'none' : `[${tensor.shape.join(', ')}]`,
    });
  });
  // Sized by what the file holds, not by what the list claims.
  const data = new Float32Array(found.reduce((sum, values) => sum + values.length, 0));
  let offset = 0;
  for (const values of found) {
    data.set(values, offset);
    offset += values.length;
  }
  return data.buffer;
}

/** An upper bound on the size in bytes of a safetensors file with these weights. */
export function mostSafetensorsBytes(specifications: readonly WeightSpecification[]): number {
  return specifications.reduce(
    (sum, each) =>
      sum + weightSize(each) * Float32Array.BYTES_PER_ELEMENT + HEADER_BYTES + 6 * each.name.length,
    HEADER_BYTES,
  );
}
