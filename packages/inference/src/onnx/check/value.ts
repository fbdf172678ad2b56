import { need } from './refusal';

/** A size, or the name of one that depends on the images: the batch, or the rows left after an exit. */
export type Size = number | string;

/** The ONNX element types used here, by their number in the standard. */
export const FLOAT = 1;
export const UINT8 = 2;
export const INT8 = 3;
export const INT32 = 6;
export const INT64 = 7;
export const BOOL = 9;

/** The bytes of an element. */
export const bytesOf: Readonly<Record<number, number>> = {
  [FLOAT]: 4,
  [UINT8]: 1,
  [INT8]: 1,
  [INT32]: 4,
  [INT64]: 8,
  [BOOL]: 1,
};

/** What is known about a tensor before anything is computed. */
export interface Value {
  readonly type: number;
  readonly sizes: readonly Size[];
  /** The values of a small constant. */
  readonly data?: readonly number[];
  /** It holds row numbers of tensors with this first size. */
  readonly rowsOf?: Size;
  /** It says how many of these there are, or whether there are any. */
  readonly countOf?: Size;
  /** It holds these sizes. */
  readonly shapeOf?: readonly Size[];
}

/** 16 million numbers, 64 MB: the largest feature map of ResNet-50 at 224 × 224 has 0.8 million. */
export const LARGEST_TENSOR = 2 ** 24;
const MOST_AXES = 6;

/** The number of values in a tensor, for one image if it depends on the images. */
export function volume(sizes: readonly Size[]): number {
  return sizes.reduce<number>((product, size) => product * (typeof size === 'number' ? size : 1), 1);
}

/**
 * A tensor with a valid shape.
 *
 * @throws Refusal
 */
export function tensor(type: number, sizes: readonly Size[], more: Partial<Value> = {}): Value {
  need(sizes.length <= MOST_AXES, `tensors have at most ${MOST_AXES} axes`, sizes.length);
  need(
    sizes.every((size) => typeof size === 'string' || (Number.isSafeInteger(size) && size > 0)),
    'sizes are positive whole numbers',
    `[${sizes.join(', ')}]`,
  );
  need(
    volume(sizes) <= LARGEST_TENSOR,
    `a tensor holds at most ${LARGEST_TENSOR} numbers per image`,
    `[${sizes.join(', ')}]`,
  );
  return { type, sizes, ...more };
}

/** Whether two shapes are the same. */
export function isSame(a: readonly Size[], b: readonly Size[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
