import { DataError, describeValue } from '@earlyexit/core';

/** One weight in the order in which the weight data holds them. */
export interface WeightSpecification {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
}

const BYTES: Readonly<Record<WeightSpecification['dtype'], number>> = { float32: 4, int32: 4, bool: 1 };

/**
 * Checks the list of weights of a saved model before anything is allocated for them.
 *
 * @throws DataError if an entry is malformed, quantised, of another type, or listed twice.
 */
export function checkWeightSpecifications(value: unknown, where: string): WeightSpecification[] {
  if (!Array.isArray(value)) {
    throw new DataError({ where, rule: 'the weights are a list', received: typeof value });
  }
  const names = new Set<string>();
  return value.map((entry: unknown) => {
    if (!isSpecification(entry) || names.has(entry.name)) {
      throw new DataError({
        where,
        rule: 'every weight has its own name, a shape and the type float32, int32 or bool, and is not quantized',
        received: describeValue(entry),
      });
    }
    names.add(entry.name);
    return { name: entry.name, shape: entry.shape, dtype: entry.dtype };
  });
}

/** How many numbers a weight holds. */
export function weightSize({ shape }: WeightSpecification): number {
  return shape.reduce((size, axis) => size * axis, 1);
}

/** How many bytes the weights take in a file. */
export function weightBytes(specifications: readonly WeightSpecification[]): number {
  return specifications.reduce((sum, each) => sum + weightSize(each) * BYTES[each.dtype], 0);
}

function isSpecification(value: unknown): value is WeightSpecification {
  if (typeof value !== 'object' || value === null) return false;
  const { name, shape, dtype, quantization } = value as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    typeof dtype === 'string' &&
    Object.hasOwn(BYTES, dtype) &&
    quantization === undefined &&
    Array.isArray(shape) &&
    shape.every((axis) => Number.isSafeInteger(axis) && axis >= 0) &&
    Number.isSafeInteger(shape.reduce<number>((size, axis: number) => size * axis, 1))
  );
}
