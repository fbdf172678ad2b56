import { describeValue } from '@earlyexit/core';
import { weightSize } from '../saving/weight-specifications';
import { isJson, refuse } from './saved-topology';

/** One weight of a plain model, in the order in which the files hold them. */
export interface SavedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  /** How it is quantised, if it is. */
  readonly quantization?: { readonly dtype: 'uint8' | 'uint16' | 'float16' };
}

/** Files that together hold a sequence of weights. */
export interface WeightGroup {
  readonly files: readonly string[];
  readonly weights: readonly SavedWeight[];
  /** The total size of the files. */
  readonly bytes: number;
}

const BYTES = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 } as const;

/**
 * The weights that a `model.json` lists, checked before anything is read or allocated for them.
 *
 * @throws DataError if the list is malformed
 */
export function readManifest(value: unknown, where: string): WeightGroup[] {
  if (!Array.isArray(value)) return refuse(where, 'weightsManifest lists the weights', describeValue(value));
  return value.map((group: unknown): WeightGroup => {
    const { paths, weights } = isJson(group) ? group : {};
    const isSound =
      Array.isArray(paths) &&
      paths.every((path) => typeof path === 'string') &&
      Array.isArray(weights) &&
      weights.every(isWeight);
    if (!isSound)
      return refuse(where, 'weightsManifest names files and the weights in them', describeValue(group));
    const bytes = weights.reduce(
      (sum, weight) => sum + weightSize(weight) * BYTES[weight.quantization?.dtype ?? weight.dtype],
      0,
    );
    return { files: paths, weights, bytes };
  });
}

function isWeight(value: unknown): value is SavedWeight {
  if (!isJson(value)) return false;
  const { name, shape, dtype, quantization } = value;
  return (
    typeof name === 'string' &&
    ['float32', 'int32', 'bool'].includes(dtype as string) &&
    (quantization === undefined ||
      (isJson(quantization) && ['uint8', 'uint16', 'float16'].includes(quantization['dtype'] as string))) &&
    Array.isArray(shape) &&
    shape.every((axis) => Number.isSafeInteger(axis) && axis >= 0) &&
    Number.isSafeInteger(shape.reduce<number>((size, axis: number) => size * axis, 1))
  );
}
